package session_test

import (
	"context"
	"fmt"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A session needs a connection, an engine and a renderer. This one is in memory; a kernel's is transport.Listen's.
func ExampleSession() {
	conn, client := transport.Pipe()
	s := session.New(session.Options{Conn: conn, Engine: fakeEngine{}, Renderer: fakeRenderer{}})
	ended := make(chan error)
	go func() { ended <- s.Run(context.Background()) }()

	ctx := context.Background()
	request, _ := wire.NewMessage("client", "execute_request", nil, wire.NewExecuteRequest("echo 1"))
	client.Send(wire.Shell, request)
	reply, _ := client.Recv(ctx, wire.Shell)
	fmt.Println(string(reply.Content))

	shutdown, _ := wire.NewMessage("client", "shutdown_request", nil, wire.ShutdownRequest{})
	client.Send(wire.Control, shutdown)
	fmt.Println(<-ended)
	// Output:
	// {"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}
	// <nil>
}
