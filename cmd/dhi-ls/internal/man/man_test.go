package man

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func tree() *cobra.Command {
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "boat", Short: "Sail", Long: "Sail a boat.\n\n.dotted lines, \\backslashes and it's.", Run: run}
	row := &cobra.Command{Use: "row [OAR...]", Short: "Row", Example: "  boat row --speed 2\n  boat row left", Run: run}
	row.Flags().IntP("speed", "s", 3, "row with `KNOTS`")
	row.Flags().Bool("quiet", false, "do not sing")
	row.Flags().String("tune", "", "hum a `TUNE`")
	secret := &cobra.Command{Use: "sink", Short: "Sink", Hidden: true, Run: run}
	root.AddCommand(row, secret)
	return root
}

func TestWriteAll(t *testing.T) {
	dir := t.TempDir()
	names, err := WriteAll(dir, tree(), Head{Version: "1.2.3", Date: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"boat.1", "boat-row.1"}, names); diff != "" {
		t.Fatal(diff)
	}
	got, err := os.ReadFile(filepath.Join(dir, "boat-row.1"))
	if err != nil {
		t.Fatal(err)
	}
	want := `.TH "BOAT\-ROW" "1" "1970\-01\-01" "boat 1.2.3"
.SH "NAME"
boat\-row \- Row
.SH "SYNOPSIS"
\fBboat row\fR [OAR...] [flags]
.SH "DESCRIPTION"
Row.
.SH "OPTIONS"
.TP
\fB\-\-quiet\fR
do not sing
.TP
\fB\-s\fR, \fB\-\-speed\fR \fIKNOTS\fR
row with KNOTS (default 3)
.TP
\fB\-\-tune\fR \fITUNE\fR
hum a TUNE
.SH "EXAMPLES"
.nf
boat row \-\-speed 2
boat row left
.fi
.SH "SEE ALSO"
\fBboat\fR(1)
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsNoMarkup(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, tree(), Head{Version: "1"}); err != nil {
		t.Fatal(err)
	}
	if want := "\n\\&.dotted lines, \\ebackslashes and it\\(aqs.\n"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in:\n%s", want, b.String())
	}
}
