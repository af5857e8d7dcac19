package session

import (
	"runtime"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// kernelInfo answers kernel_info_request.
func (s *Session) kernelInfo(*request) (any, error) {
	help := s.opt.Help
	if help == nil {
		help = []wire.HelpLink{}
	}
	return wire.KernelInfoReply{
		Status:                wire.StatusOK,
		ProtocolVersion:       wire.ProtocolVersion,
		Implementation:        "gopherceptron",
		ImplementationVersion: s.opt.Version,
		LanguageInfo:          LanguageInfo(),
		Banner:                s.opt.Banner,
		HelpLinks:             help,
		SupportedFeatures:     []string{},
	}, nil
}

// LanguageInfo is what a kernel_info_reply, and the metadata of a notebook, say of the language.
func LanguageInfo() wire.LanguageInfo {
	return wire.LanguageInfo{
		Name:           "go",
		Version:        strings.TrimPrefix(runtime.Version(), "go"),
		MIMEType:       "text/x-go",
		FileExtension:  ".go",
		PygmentsLexer:  "go",
		CodeMirrorMode: "go",
	}
}
