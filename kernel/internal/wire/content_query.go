package wire

// CompleteRequest is the content of complete_request. CursorPos counts code points; nil is the end of the code.
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos *int   `json:"cursor_pos"`
}

// CompleteReply is the content of complete_reply. The cursors count code points.
type CompleteReply struct {
	Status      string           `json:"status"`
	Matches     []string         `json:"matches"`
	CursorStart int              `json:"cursor_start"`
	CursorEnd   int              `json:"cursor_end"`
	Metadata    CompleteMetadata `json:"metadata"`
}

// CompleteMetadata has what JupyterLab and VS Code show beside the matches; the key is ipykernel's.
type CompleteMetadata struct {
	Types []CompletionType `json:"_jupyter_types_experimental"`
}

// A CompletionType describes one match.
type CompletionType struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature"`
}

// InspectRequest is the content of inspect_request. CursorPos counts code points; nil is the end of the code.
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   *int   `json:"cursor_pos"`
	DetailLevel int    `json:"detail_level"`
}

// InspectReply is the content of inspect_reply.
type InspectReply struct {
	Status   string `json:"status"`
	Found    bool   `json:"found"`
	Data     MIME   `json:"data"`
	Metadata MIME   `json:"metadata"`
}

// IsCompleteRequest is the content of is_complete_request.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// IsCompleteReply is the content of is_complete_reply. Indent goes with "incomplete" only.
type IsCompleteReply struct {
	Status string  `json:"status"`
	Indent *string `json:"indent,omitempty"`
}

// HistoryRequest is the content of history_request. AccessType is "tail" (N), "range" (Session, Start, Stop)
// or "search" (Pattern, N, Unique).
type HistoryRequest struct {
	AccessType string `json:"hist_access_type"`
	Output     bool   `json:"output"`
	Raw        bool   `json:"raw"`
	Session    int    `json:"session"`
	Start      int    `json:"start"`
	Stop       *int   `json:"stop"`
	N          *int   `json:"n"`
	Pattern    string `json:"pattern"`
	Unique     bool   `json:"unique"`
}

// HistoryReply is the content of history_reply. An entry is [session, line, input], or with outputs
// [session, line, [input, output]].
type HistoryReply struct {
	Status  string   `json:"status"`
	History [][3]any `json:"history"`
}
