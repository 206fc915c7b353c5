package main

import (
	"strings"

	"github.com/moby/buildkit/solver/pb"
	"go.yaml.in/yaml/v3"
)

func get(m *yaml.Node, key string) *yaml.Node {
	if m == nil || m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func value(m *yaml.Node, key string) string {
	if n := get(m, key); n != nil {
		return n.Value
	}
	return ""
}

// nodeRange has 1-based lines and 0-based characters, as BuildKit wants it.
func nodeRange(n *yaml.Node) *pb.Range {
	line, char := end(n)
	return &pb.Range{
		Start: &pb.Position{Line: int32(n.Line), Character: int32(n.Column - 1)},
		End:   &pb.Position{Line: int32(line), Character: int32(char)},
	}
}

func end(n *yaml.Node) (line, char int) {
	if n.Kind == yaml.ScalarNode {
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			return n.Line + strings.Count(strings.TrimRight(n.Value, "\n"), "\n") + 1, 0
		}
		return n.Line, n.Column - 1 + len(n.Value)
	}
	line, char = n.Line, n.Column-1
	for _, child := range n.Content {
		if l, c := end(child); l > line || l == line && c > char {
			line, char = l, c
		}
	}
	return line, char
}
