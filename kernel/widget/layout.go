package widget

// Layout is the size and place of a widget, in the words of CSS: "400px", "50%", "1 1 auto". Empty leaves it to the front end.
type Layout struct {
	AlignContent        string `w:"align_content,null"`
	AlignItems          string `w:"align_items,null"`
	AlignSelf           string `w:"align_self,null"`
	BorderBottom        string `w:"border_bottom,null"`
	BorderLeft          string `w:"border_left,null"`
	BorderRight         string `w:"border_right,null"`
	BorderTop           string `w:"border_top,null"`
	Bottom              string `w:"bottom,null"`
	Display             string `w:"display,null"`
	Flex                string `w:"flex,null"`
	FlexFlow            string `w:"flex_flow,null"`
	GridArea            string `w:"grid_area,null"`
	GridAutoColumns     string `w:"grid_auto_columns,null"`
	GridAutoFlow        string `w:"grid_auto_flow,null"`
	GridAutoRows        string `w:"grid_auto_rows,null"`
	GridColumn          string `w:"grid_column,null"`
	GridGap             string `w:"grid_gap,null"`
	GridRow             string `w:"grid_row,null"`
	GridTemplateAreas   string `w:"grid_template_areas,null"`
	GridTemplateColumns string `w:"grid_template_columns,null"`
	GridTemplateRows    string `w:"grid_template_rows,null"`
	Height              string `w:"height,null"`
	JustifyContent      string `w:"justify_content,null"`
	JustifyItems        string `w:"justify_items,null"`
	Left                string `w:"left,null"`
	Margin              string `w:"margin,null"`
	MaxHeight           string `w:"max_height,null"`
	MaxWidth            string `w:"max_width,null"`
	MinHeight           string `w:"min_height,null"`
	MinWidth            string `w:"min_width,null"`
	ObjectFit           string `w:"object_fit,null"`
	ObjectPosition      string `w:"object_position,null"`
	Order               string `w:"order,null"`
	Overflow            string `w:"overflow,null"`
	Padding             string `w:"padding,null"`
	Right               string `w:"right,null"`
	Top                 string `w:"top,null"`
	Visibility          string `w:"visibility,null"`
	Width               string `w:"width,null"`
}
