package apk

import "strings"

// LinkedBy are the packages whose installation makes a link of that name
// although their cmd: provides do not tell: busybox's trigger links its
// applets, java-common's the programs of the Java that is installed. Which
// applets a build of busybox has differs a little: the list holds those of
// all releases since Alpine 3.16, so that it rather says too much.
func LinkedBy(name string) []string {
	switch {
	case applets[name]:
		return []string{"busybox"}
	case extraApplets[name]:
		return []string{"busybox-extras", "busybox"}
	case javaLinks[name]:
		return []string{"java-common"}
	}
	return nil
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

var javaLinks = setOf("java javac jar jarsigner javadoc javap jlink jmap jstack keytool rmiregistry")

var extraApplets = setOf("dnsd dumpleases fakeidentd ftpd ftpget ftpput httpd inetd telnet telnetd tftp tftpd udhcpd")

var applets = setOf(`
	[ [[ acpid add-shell addgroup adduser adjtimex arch arp arping ascii ash awk base64 basename bbconfig bc beep blkdiscard blkid
	blockdev brctl bunzip2 bzcat bzip2 cal cat chattr chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm cp cpio crc32 crond
	crontab cryptpw cut date dc dd deallocvt delgroup deluser depmod df diff dirname dmesg dnsdomainname dos2unix du dumpkmap echo ed
	egrep eject env ether-wake expand expr factor fallocate false fatattr fbset fbsplash fdflush fdisk fgrep find findfs flock fold
	free fsck fsfreeze fstrim fsync fuser getopt getty grep groups gunzip gzip halt hd head hexdump hostid hostname hwclock i2cdetect
	i2cdump i2cget i2cset i2ctransfer id ifconfig ifdown ifenslave ifup init inotifyd insmod install ionice iostat ip ipaddr ipcalc
	ipcrm ipcs iplink ipneigh iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less link linux32 linux64 ln loadfont
	loadkmap logger login logname logread losetup ls lsattr lsmod lsof lsusb lzcat lzma lzop lzopcat makemime man md5sum mdev mesg
	microcom mkdir mkdosfs mke2fs mkfifo mkfs.vfat mknod mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mv
	nameif nanddump nandwrite nbd-client nc netstat nice nl nmeter nohup nologin nproc nsenter nslookup ntpd nuke od openvt partprobe
	passwd paste patch pgrep pidof ping ping6 pipe_progress pivot_root pkill pmap poweroff printenv printf ps pscan pstree pwd pwdx
	raidautorun rdate rdev readahead readlink realpath reboot reformime remove-shell renice reset resize rev rfkill rm rmdir rmmod
	route run-parts sed sendmail seq setconsole setfont setkeycodes setlogcons setpriv setserial setsid sh sha1sum sha256sum sha3sum
	sha512sum showkey shred shuf slattach sleep sort split ssl_client stat strings stty su sum swapoff swapon switch_root sync sysctl
	syslogd tac tail tar tc tee test time timeout top touch tr traceroute traceroute6 tree true truncate ts tty ttysize tunctl udhcpc
	udhcpc6 umount uname uncompress unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip uptime usleep uudecode uuencode
	vconfig vi vlock volname w watch watchdog wc wget which who whoami whois xargs xxd xz xzcat yes zcat zcip`)
