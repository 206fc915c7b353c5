package feature

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Command carries out one command of workspace/executeCommand. What it wants
// of the client it asks of snapshot.Client.
type Command func(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error)

// commands by id, "dhi-ls.NAME". They are documented in docs/protocol.md.
func commands() map[string]Command {
	return map[string]Command{
		commandid.Check:           command(check),
		commandid.FixAll:          command(fixAll),
		commandid.Explain:         command(explain),
		commandid.ShowProblems:    command(showProblems),
		commandid.MakeVariant:     command(makeVariant),
		commandid.CompareVariants: command(compareVariants),
		commandid.ShowVariant:     command(showVariant),
		commandid.New:             command(makeNew),
		commandid.Resolve:         command(resolvePackages),
	}
}

// CommandIDs are the ids of all commands, those of the server itself included.
func CommandIDs() []string {
	ids := append(slices.Collect(maps.Keys(commands())), commandid.Reload, commandid.IndexUpdate, commandid.ImageUpdate, commandid.Upgrade, commandid.ToRefresh,
		commandid.Build, commandid.CancelBuild, commandid.BuildLog, commandid.BuildResult)
	slices.Sort(ids)
	return ids
}

// ExecuteCommand answers workspace/executeCommand.
func ExecuteCommand(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	run, ok := commands()[p.Command]
	if !ok {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "unknown command %q; there are: %s", p.Command, strings.Join(CommandIDs(), ", "))
	}
	return run(ctx, snapshot, p)
}

// command makes a function of typed arguments a row of the table. A is the
// only argument, an object; without it the zero A is passed.
func command[A, R any](run func(context.Context, *session.Snapshot, *A) (R, error)) Command {
	return func(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
		var raw jsonrpc2.RawMessage
		if len(p.Arguments) > 0 {
			raw = jsonrpc2.RawMessage(p.Arguments[0])
		}
		args, err := rpc.Decode[A](raw)
		if err != nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.Command, err)
		}
		return run(ctx, snapshot, args)
	}
}
