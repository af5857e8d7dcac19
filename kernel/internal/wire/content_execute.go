package wire

import "encoding/json"

// ExecuteRequest is the content of execute_request. Its defaults are not Go's: start from [NewExecuteRequest].
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    bool              `json:"store_history"`
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
}

// NewExecuteRequest returns a request with the defaults of the protocol. store_history is true
// here; silent requests never store history, whatever it says.
func NewExecuteRequest(code string) ExecuteRequest {
	return ExecuteRequest{Code: code, StoreHistory: true, StopOnError: true}
}

// ExecuteReply is the content of execute_reply for a cell that ran to its end.
type ExecuteReply struct {
	Status          string                     `json:"status"`
	ExecutionCount  int                        `json:"execution_count"`
	UserExpressions map[string]json.RawMessage `json:"user_expressions"`
	Payload         []any                      `json:"payload"`
}

// ExecuteErrorReply is the content of execute_reply for a cell that failed.
type ExecuteErrorReply struct {
	ExecuteReply
	ErrorContent
}

// ExpressionReply is one of an execute_reply's user_expressions that has a value; one that failed is an [ErrorReply].
type ExpressionReply struct {
	Status   string `json:"status"`
	Data     MIME   `json:"data"`
	Metadata MIME   `json:"metadata"`
}

// PagePayload asks the front end to show text in a pager.
type PagePayload struct {
	Source string `json:"source"` // "page"
	Data   MIME   `json:"data"`
	Start  int    `json:"start"`
}

// NextInputPayload asks the front end to put text into a new or into the running cell.
type NextInputPayload struct {
	Source  string `json:"source"` // "set_next_input"
	Text    string `json:"text"`
	Replace bool   `json:"replace"`
}

// ExecuteInput is the content of execute_input, which tells every client what runs.
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// ExecuteResult is the content of execute_result.
type ExecuteResult struct {
	ExecutionCount int  `json:"execution_count"`
	Data           MIME `json:"data"`
	Metadata       MIME `json:"metadata"`
}

// Stream is the content of a stream message.
type Stream struct {
	Name string `json:"name"` // "stdout" or "stderr"
	Text string `json:"text"`
}

// DisplayData is the content of display_data and update_display_data.
type DisplayData struct {
	Data      MIME      `json:"data"`
	Metadata  MIME      `json:"metadata"`
	Transient Transient `json:"transient"`
}

// Transient is what front ends must not store of an output.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// ClearOutput is the content of clear_output.
type ClearOutput struct {
	Wait bool `json:"wait"`
}

// InputRequest is the content of input_request, from the kernel to the client that runs the cell.
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// InputReply is the content of input_reply.
type InputReply struct {
	Value string `json:"value"`
}
