package session

import "github.com/gopherceptron/gopherceptron/kernel/internal/wire"

// interruptRequest answers interrupt_request; dispatch has done what it asks for.
func (s *Session) interruptRequest(*request) (any, error) {
	return wire.OKReply{Status: wire.StatusOK}, nil
}

// shutdownRequest ends all cells, answers, and then lets Run return. The reply goes to all clients too, as
// ipykernel does it: consoles that share the kernel learn so that it is gone.
func (s *Session) shutdownRequest(req *request) (any, error) {
	var q wire.ShutdownRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	s.stopCells()
	reply := wire.ShutdownReply{Status: wire.StatusOK, Restart: q.Restart}
	s.mustPublish("shutdown_reply", req.Message, reply)
	req.after = func() { s.quitOnce.Do(func() { close(s.quit) }) }
	return reply, nil
}
