package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// The states of a kernel that a status message announces.
const (
	StateStarting = "starting"
	StateBusy     = "busy"
	StateIdle     = "idle"
)

// The values of a reply's status field.
const (
	StatusOK      = "ok"
	StatusError   = "error"
	StatusAborted = "aborted"
)

// MIME is a MIME bundle on the wire: JSON values by MIME type.
type MIME map[string]json.RawMessage

// Status is the content of a status message: the kernel begins or has ended a request.
type Status struct {
	ExecutionState string `json:"execution_state"`
}

// ErrorContent is the content of an error message on IOPub.
type ErrorContent struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"` // never nil: clients want a list
}

// ErrorReply is the content of a reply to any request that failed.
type ErrorReply struct {
	Status string `json:"status"`
	ErrorContent
}

// OKReply is the content of a reply that has nothing to say but that it worked.
type OKReply struct {
	Status string `json:"status"`
}

// KernelInfoReply is the content of kernel_info_reply.
type KernelInfoReply struct {
	Status                string       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links"`
	SupportedFeatures     []string     `json:"supported_features"`
}

// LanguageInfo describes the language of cells.
type LanguageInfo struct {
	Name           string `json:"name"`
	Version        string `json:"version"`
	MIMEType       string `json:"mimetype"`
	FileExtension  string `json:"file_extension"`
	PygmentsLexer  string `json:"pygments_lexer"`
	CodeMirrorMode string `json:"codemirror_mode"`
}

// A HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Welcome is the content of iopub_welcome: the kernel has noticed a subscription.
type Welcome struct {
	Subscription string `json:"subscription"`
}

// ShutdownRequest is the content of shutdown_request.
type ShutdownRequest struct {
	Restart bool `json:"restart"`
}

// ShutdownReply is the content of shutdown_reply.
type ShutdownReply struct {
	Status  string `json:"status"`
	Restart bool   `json:"restart"`
}

// UsageReply is the content of usage_reply, which jupyter-resource-usage shows. Fields that the machine does
// not tell are left out. Memory is in bytes, CPU in percent of one core.
type UsageReply struct {
	Hostname       string         `json:"hostname"`
	PID            int            `json:"pid"`
	KernelCPU      float64        `json:"kernel_cpu"`
	KernelMemory   uint64         `json:"kernel_memory"`
	HostCPUPercent float64        `json:"host_cpu_percent,omitempty"`
	CPUCount       int            `json:"cpu_count"`
	HostMemory     *VirtualMemory `json:"host_virtual_memory,omitempty"`
}

// VirtualMemory describes the machine's memory, in bytes, with psutil's names.
type VirtualMemory struct {
	Total     uint64  `json:"total"`
	Available uint64  `json:"available"`
	Percent   float64 `json:"percent"`
	Used      uint64  `json:"used"`
	Free      uint64  `json:"free"`
}

// DecodeContent reads a message's content into v. A message without content reads as {}.
// Unknown fields are ignored, as newer clients send them.
func DecodeContent(content json.RawMessage, v any) error {
	trimmed := bytes.TrimSpace(content)
	if len(trimmed) == 0 {
		return nil
	}
	if trimmed[0] != '{' {
		return fmt.Errorf("wire: content is %s, want a JSON object", abbreviate(trimmed))
	}
	err := json.Unmarshal(trimmed, v)
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return fmt.Errorf("wire: content: %s is a JSON %s, want a Go %s", typ.Field, typ.Value, typ.Type)
	}
	if err != nil {
		return fmt.Errorf("wire: content: %w", err)
	}
	return nil
}

// EncodeContent writes v as JSON, as [NewMessage] does, for parts of contents that are encoded one by one.
func EncodeContent(v any) (json.RawMessage, error) {
	raw, err := marshal(v)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	return raw, nil
}

func abbreviate(b []byte) string {
	const most = 40
	if len(b) > most {
		return fmt.Sprintf("%q...", b[:most])
	}
	return fmt.Sprintf("%q", b)
}
