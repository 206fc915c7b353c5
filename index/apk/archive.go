package apk

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // Alpine still signs so
	_ "crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Signature is one signature member of an index archive.
type Signature struct {
	KeyName string // the file name of the public key, such as alpine-devel@...-6165ee59.rsa.pub
	Hash    crypto.Hash
	Data    []byte
}

// Key is a public key that may sign indexes, by its file name.
type Key struct {
	Name   string
	Public *rsa.PublicKey
}

// ErrUnsigned is returned for an archive without a signature that is known.
var ErrUnsigned = errors.New("the index is not signed")

// ErrUnknownKey is returned when none of the keys at hand made a signature.
var ErrUnknownKey = errors.New("the index is signed by a key that is not known here")

// ErrBadSignature is returned when a signature by a known key does not fit the
// content.
var ErrBadSignature = errors.New("the signature does not fit the index")

// ParseKey reads a PEM public key.
func ParseKey(name string, data []byte) (Key, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return Key{}, fmt.Errorf("key %s is not in PEM form", name)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("key %s: %w", name, err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return Key{}, fmt.Errorf("key %s is not an RSA key", name)
	}
	return Key{Name: name, Public: public}, nil
}

// signaturePrefixes are the member names of signatures that apk accepts.
var signaturePrefixes = map[string]crypto.Hash{
	".SIGN.RSA.":    crypto.SHA1,
	".SIGN.RSA256.": crypto.SHA256,
}

const maxSignature = 64 << 10 // bytes of the whole signature part

// ReadSignatures takes the signatures off the first gzip member. The reader is
// left at the signed bytes; for an unsigned archive nothing is consumed and
// the list is empty.
func ReadSignatures(r *bufio.Reader) ([]Signature, error) {
	head, err := r.Peek(min(maxSignature, r.Size()))
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading the signature: %w", err)
	}
	whole := bytes.NewReader(head)
	member, err := gzip.NewReader(whole)
	if err != nil {
		return nil, fmt.Errorf("the index is not a gzip file: %w", err)
	}
	member.Multistream(false)
	list, err := signatureMembers(tar.NewReader(io.LimitReader(member, maxSignature)))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(member, maxSignature)); err != nil {
		return nil, fmt.Errorf("reading the signature: %w", err)
	}
	_, err = r.Discard(len(head) - whole.Len())
	return list, err
}

func signatureMembers(archive *tar.Reader) ([]Signature, error) {
	var list []Signature
	for {
		header, err := archive.Next()
		// The part ends without tar's closing blocks.
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return list, nil
		}
		if err != nil && len(list) == 0 {
			return nil, nil // not a signature part: whoever reads the index says what is wrong with it
		}
		if err != nil || !strings.HasPrefix(header.Name, ".SIGN.") {
			return list, nil
		}
		data, err := io.ReadAll(io.LimitReader(archive, maxSignature))
		if err != nil {
			return nil, fmt.Errorf("reading signature %s: %w", header.Name, err)
		}
		for prefix, algorithm := range signaturePrefixes {
			if key, ok := strings.CutPrefix(header.Name, prefix); ok {
				list = append(list, Signature{KeyName: key, Hash: algorithm, Data: data})
			}
		}
	}
}

// Verifier takes the signed bytes in and answers at their end.
type Verifier struct {
	signatures []Signature
	sums       map[crypto.Hash]hash.Hash // those that the signatures are of
}

// NewVerifier makes one for an archive with these signatures.
func NewVerifier(signatures []Signature) *Verifier {
	v := &Verifier{signatures, map[crypto.Hash]hash.Hash{}}
	for _, s := range signatures {
		if v.sums[s.Hash] == nil {
			v.sums[s.Hash] = s.Hash.New()
		}
	}
	return v
}

// Write takes bytes in; it never fails.
func (v *Verifier) Write(p []byte) (int, error) {
	for _, sum := range v.sums {
		sum.Write(p)
	}
	return len(p), nil
}

// Check returns the name of the key that made one of the signatures, or
// ErrUnsigned, ErrUnknownKey or ErrBadSignature. A key fits by its file name
// or, where the user named it otherwise, by trying.
func (v *Verifier) Check(keys []Key) (string, error) {
	if len(v.signatures) == 0 {
		return "", ErrUnsigned
	}
	result := ErrUnknownKey
	for _, s := range v.signatures {
		for _, k := range keys {
			err := rsa.VerifyPKCS1v15(k.Public, s.Hash, v.sums[s.Hash].Sum(nil), s.Data)
			if err == nil {
				return k.Name, nil
			}
			if k.Name == s.KeyName {
				result = ErrBadSignature
			}
		}
	}
	return "", result
}

// Header is what an index archive says beside its packages.
type Header struct {
	Description string    // such as v3.23.1-12-gabcdef
	Date        time.Time // of the members, which the signature covers; zero when they have none
	Signatures  []Signature
	verifier    *Verifier
}

// Verify returns the name of the key that signed the archive, or ErrUnsigned,
// ErrUnknownKey or ErrBadSignature.
func (h *Header) Verify(keys []Key) (string, error) { return h.verifier.Check(keys) }

// ReadIndex reads a whole APKINDEX.tar.gz and calls yield for every package.
// Whether it is signed well is known at its end only, from the header.
func ReadIndex(r io.Reader, limits record.Limits, yield func(*record.Package) error) (*Header, error) {
	h := &Header{}
	buffered := bufio.NewReaderSize(r, maxSignature)
	var err error
	if h.Signatures, err = ReadSignatures(buffered); err != nil {
		return nil, err
	}
	h.verifier = NewVerifier(h.Signatures)
	signed := io.TeeReader(buffered, h.verifier)
	plain, err := record.Decompress(signed, limits)
	if err != nil {
		return nil, err
	}
	found, err := readMembers(tar.NewReader(plain), limits, h, yield)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errors.New("the archive holds no APKINDEX")
	}
	for _, r := range []io.Reader{plain, signed} {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return nil, fmt.Errorf("reading to the end of the index: %w", err)
		}
	}
	return h, nil
}

func readMembers(archive *tar.Reader, limits record.Limits, h *Header, yield func(*record.Package) error) (found bool, err error) {
	for {
		member, err := archive.Next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return found, fmt.Errorf("reading the archive: %w", err)
		}
		if member.ModTime.Unix() > 0 && member.ModTime.After(h.Date) {
			h.Date = member.ModTime.UTC()
		}
		switch member.Name {
		case "DESCRIPTION":
			text, err := io.ReadAll(io.LimitReader(archive, 4096))
			if err != nil {
				return found, fmt.Errorf("reading DESCRIPTION: %w", err)
			}
			h.Description = strings.TrimSpace(string(text))
		case "APKINDEX":
			if err := Parse(archive, limits, yield); err != nil {
				return found, err
			}
			found = true
		}
	}
}
