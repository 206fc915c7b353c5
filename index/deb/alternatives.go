package deb

import "strings"

// Alternative is a command whose package makes a link of another name to it,
// or, where it is only Companion, comes along with such a package.
type Alternative struct {
	Command   string
	Companion bool
}

// Alternatives are the commands that may stand for one which no package holds
// under its own name: the links that update-alternatives makes while packages
// are set up, so that no list of files has them. The names are those that
// Debian's packages register; where a name changes with the version of what it
// names (automake-1.16), those of bookworm and trixie are listed. The list may
// say too much.
func Alternatives(name string) []Alternative { return alternatives[name] }

var alternatives = func() map[string][]Alternative {
	all := map[string][]Alternative{}
	for line := range strings.Lines(alternativeLines) {
		names, files, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		for name := range strings.FieldsSeq(names) {
			for file := range strings.FieldsSeq(files) {
				command, companion := strings.CutPrefix(file, "~")
				all[name] = append(all[name], Alternative{command, companion})
			}
		}
	}
	return all
}()

// alternativeLines hold names, a colon and the commands behind them; ~ marks
// a companion.
const alternativeLines = `
	awk nawk: mawk gawk original-awk ~busybox
	cc c89 c99: gcc clang tcc pcc c89-gcc c99-gcc
	c++: g++ clang++
	cpp: gcc clang
	f77 f95: gfortran flang
	which: which.debianutils which.gnu which.busybox
	vi vim view ex rvim rview vimdiff: vim.basic vim.tiny vim.nox vim.gtk3 vim.athena vim.motif nvim nvi elvis vile vis levee ~busybox elvis-tiny
	editor: nano vim.basic vim.tiny vim.nox vim.gtk3 ed nvi emacs joe jed mcedit micro ne mg jove jupp le tilde helix nvim sensible-editor
	pico: nano alpine-pico
	pager: less more most w3m lv pg
	lzma unlzma lzcat lzmore lzless lzgrep lzegrep lzfgrep lzcmp lzdiff: xz lzma_alone
	nc netcat: nc.traditional nc.openbsd ncat ~busybox
	telnet: telnet.netkit inetutils-telnet telnet-ssl ~busybox
	ftp: ftp.netkit inetutils-ftp tnftp ftp-ssl lftp pftp
	ping ping6: ping inetutils-ping ~busybox
	traceroute traceroute6: traceroute.db inetutils-traceroute traceroute-nanog ~busybox
	rsh rlogin rcp: ssh inetutils-rsh rsh-redone-rsh netkit-rsh slogin scp
	whois: whois.md whois ~busybox
	fakeroot: fakeroot-sysv fakeroot-tcp
	faked: faked-sysv faked-tcp
	automake aclocal: automake-1.11 automake-1.16 automake-1.17 automake-1.18
	yacc: bison byacc btyacc
	rename: file-rename prename rename.ul
	iptables iptables-save iptables-restore: iptables-legacy iptables-nft
	ip6tables ip6tables-save ip6tables-restore: ip6tables-legacy ip6tables-nft
	arptables arptables-save arptables-restore: arptables-legacy arptables-nft
	ebtables ebtables-save ebtables-restore: ebtables-legacy ebtables-nft
	java javac jar jarsigner javadoc javap jcmd jdb jdeprscan jdeps jhsdb jimage jinfo jlink jmap jmod jpackage jps jrunscript jshell jstack jstat jstatd jconsole jfr keytool rmiregistry rmid serialver jexec pack200 unpack200 orbd servertool tnameserv policytool jjs rmic: ~update-java-alternatives
	mvn mvnDebug: mvn ~update-java-alternatives
	lua luac lua-interpreter lua-compiler: lua5.1 lua5.2 lua5.3 lua5.4 luajit luac5.1 luac5.2 luac5.3 luac5.4
	php phar phpize php-config phpdbg php-cgi: php7.4 php8.2 php8.3 php8.4 phpize8.2 phpize8.4
	js: node nodejs
	pinentry pinentry-x11: pinentry-curses pinentry-gtk-2 pinentry-gnome3 pinentry-qt pinentry-qt5 pinentry-tty pinentry-fltk
	gpgv: gpgv gpgv-static gpgv-sq gpgv-from-sq
	mpirun mpiexec orterun mpicc mpicxx mpic++ mpiCC mpif77 mpif90: mpirun.openmpi mpirun.mpich mpicc.openmpi mpicc.mpich mpiexec.hydra mpif90.openmpi mpif90.mpich
	mt: mt-gnu mt-st
	open: xdg-open run-mailcap
	infobrowser: info pinfo
	ctags etags: ctags-exuberant ctags-universal etags.emacs ctags.emacs universal-ctags
	emacs emacsclient ebrowse: emacs-gtk emacs-nox emacs-lucid emacsclient.emacs
	sudo sudoedit visudo cvtsudoers sudoreplay: sudo-rs sudo.ws visudo.ws sudo
	tclsh wish: tclsh8.6 tclsh9.0 wish8.6 wish9.0
	www-browser x-www-browser gnome-www-browser: links lynx w3m elinks links2 chromium firefox-esr
	x-terminal-emulator: xterm uxterm koi8rxterm lxterm
	x-window-manager x-session-manager: twm openbox fluxbox icewm
	write: bsd-write
	w: w.procps
	from: bsd-from
	rst2html rst2latex rst2man rst2xml: rst2html rst2html.py
	cdrecord mkisofs: wodim xorrisofs genisoimage
	sendmail mailq newaliases: exim4 postfix msmtp ssmtp nullmailer-queue dma
	lft: lft.db
	tcptraceroute: tcptraceroute.db tcptraceroute.mt
	x86_64-w64-mingw32-gcc x86_64-w64-mingw32-g++ i686-w64-mingw32-gcc i686-w64-mingw32-g++: x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-gcc-win32 i686-w64-mingw32-gcc-posix i686-w64-mingw32-gcc-win32
`
