"""Prints, as JSON, the state that ipywidgets sends for each widget of golden_test.go: python states.py > ipywidgets.json

Needs ipywidgets 8 (pip install ipywidgets). References to other models are replaced by the names of these.
"""
import json
import ipywidgets as w


def state(x):
    s = {}
    for k, v in x.get_state().items():
        def clean(v):
            if isinstance(v, str) and v.startswith("IPY_MODEL_"):
                return "IPY_MODEL_" + type(w.widgets.widget._instances[v[10:]]).__name__
            if isinstance(v, (list, tuple)):
                return [clean(e) for e in v]
            if isinstance(v, (bytes, memoryview)):
                return {"bytes": len(bytes(v))}
            return v
        s[k] = clean(v)
    return s


a, b = w.IntSlider(), w.Play()
widgets = dict(
    FloatSlider=w.FloatSlider(description="w1", min=-2, max=2, step=0.02, value=0.5),
    IntSlider=w.IntSlider(description="n", min=1, max=9, value=3),
    FloatLogSlider=w.FloatLogSlider(description="rate", min=-4, max=0, value=0.01),
    FloatRangeSlider=w.FloatRangeSlider(description="r", min=0, max=1, step=0.01, value=(0.25, 0.75)),
    IntRangeSlider=w.IntRangeSlider(description="r", min=0, max=9, value=(2, 5)),
    FloatText=w.FloatText(description="x", value=1.5),
    IntText=w.IntText(description="x", value=2),
    Text=w.Text(description="name", value="a"),
    Checkbox=w.Checkbox(description="on", value=True),
    ColorPicker=w.ColorPicker(description="colour", value="#1f77b4"),
    Dropdown=w.Dropdown(description="gate", options=["AND", "OR"]),
    RadioButtons=w.RadioButtons(description="gate", options=["AND", "OR"]),
    ToggleButtons=w.ToggleButtons(description="gate", options=["AND", "OR"]),
    Select=w.Select(description="gate", options=["AND", "OR"]),
    Button=w.Button(description="go"),
    Play=w.Play(min=0, max=50),
    Progress=w.FloatProgress(description="at", max=10),
    Label=w.Label("text"),
    HTML=w.HTML("<b>text</b>"),
    HTMLMath=w.HTMLMath("$x$"),
    Image=w.Image(value=b"12345", format="png"),
    Output=w.Output(),
    HBox=w.HBox([w.Label("a")]),
    VBox=w.VBox([w.Label("a"), w.Label("b")]),
    GridBox=w.GridBox([w.Label("a")], layout=w.Layout(grid_template_columns="auto auto")),
    Tab=w.Tab([w.Label("a")], titles=["one"], selected_index=0),
    Accordion=w.Accordion([w.Label("a")], titles=["one"]),
    Link=w.jslink((b, "value"), (a, "value")),
    DirectionalLink=w.jsdlink((b, "value"), (a, "value")),
    Layout=w.Layout(width="400px"),
)
for name in ("FloatSlider", "Button", "Text", "ToggleButtons", "Checkbox", "Progress", "Label", "HTML", "HTMLMath", "Dropdown"):
    widgets[name + "Style"] = widgets[name].style
print(json.dumps({k: state(x) for k, x in widgets.items()}, indent=1, sort_keys=True))
