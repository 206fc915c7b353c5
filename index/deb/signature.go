package deb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// ErrUnsigned is returned for a Release without any signature.
var ErrUnsigned = errors.New("the release is not signed")

// ErrUnknownKey is returned when none of the keys at hand made a signature.
var ErrUnknownKey = errors.New("the release is signed by a key that is not known here")

// ErrBadSignature is returned when a signature by a known key does not fit.
var ErrBadSignature = errors.New("the signature does not fit the release")

const maxKeyring = 4 << 20 // bytes

// ParseKeyring reads public keys, binary or armoured, several blocks too.
// Keys of kinds that are not supported are left out.
func ParseKeyring(data []byte) (openpgp.EntityList, error) {
	if len(data) > maxKeyring {
		return nil, fmt.Errorf("the keyring has %d bytes; at most %d are read", len(data), maxKeyring)
	}
	if !bytes.Contains(data, []byte("-----BEGIN PGP")) {
		return readEntities(bytes.NewReader(data))
	}
	var all openpgp.EntityList
	var failure error
	for _, block := range armoured(data) {
		decoded, err := armor.Decode(bytes.NewReader(block))
		if err != nil {
			failure = err
			continue
		}
		some, err := readEntities(io.LimitReader(decoded.Body, maxKeyring))
		if err != nil {
			failure = err
			continue
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the keyring holds no public key: %w", failure)
	}
	return all, nil
}

// armoured cuts a file with several armoured blocks into them.
func armoured(data []byte) [][]byte {
	const begin = "-----BEGIN PGP"
	var blocks [][]byte
	for {
		at := bytes.Index(data, []byte(begin))
		if at < 0 {
			return blocks
		}
		data = data[at:]
		end := len(data)
		if next := bytes.Index(data[len(begin):], []byte(begin)); next >= 0 {
			end = next + len(begin)
		}
		blocks = append(blocks, data[:end])
		data = data[end:]
	}
}

// readEntities reads key by key, so that one that is not supported does not
// spoil the others.
func readEntities(r io.Reader) (openpgp.EntityList, error) {
	packets := packet.NewReader(r)
	var all openpgp.EntityList
	var failure error
	for {
		entity, err := openpgp.ReadEntity(packets)
		if err == nil {
			all = append(all, entity)
			continue
		}
		var unsupported pgperrors.UnsupportedError
		var structural pgperrors.StructuralError
		if errors.As(err, &unsupported) || errors.As(err, &structural) {
			failure = err
			if skipToKey(packets) {
				continue
			}
		}
		if len(all) > 0 {
			return all, nil
		}
		if failure == nil {
			failure = err
		}
		return nil, fmt.Errorf("the keyring holds no public key: %w", failure)
	}
}

// skipToKey reads on until the next primary key and leaves it unread.
func skipToKey(packets *packet.Reader) bool {
	for {
		p, err := packets.Next()
		if err != nil {
			return false
		}
		if key, ok := p.(*packet.PublicKey); ok && !key.IsSubkey {
			packets.Unread(p)
			return true
		}
	}
}

// Signature tells who signed.
type Signature struct {
	Fingerprint string // hex, of the primary key
	Name        string // of its first identity
	When        time.Time
}

// VerifyInRelease returns the signed text of an InRelease file. The text comes
// also with ErrUnknownKey, to be used as unverified; never with
// ErrBadSignature.
func VerifyInRelease(data []byte, keys openpgp.EntityList) ([]byte, Signature, error) {
	block, _ := clearsign.Decode(data)
	if block == nil {
		if bytes.Contains(data, []byte("-----BEGIN PGP SIGNED MESSAGE-----")) {
			return nil, Signature{}, ErrBadSignature
		}
		return data, Signature{}, ErrUnsigned
	}
	sig, err := verify(block.Bytes, block.ArmoredSignature.Body, keys)
	if errors.Is(err, ErrBadSignature) {
		return nil, sig, err
	}
	return block.Plaintext, sig, err
}

// VerifyDetached checks a Release file against its Release.gpg.
func VerifyDetached(release, signature []byte, keys openpgp.EntityList) (Signature, error) {
	var body io.Reader = bytes.NewReader(signature)
	if bytes.Contains(signature, []byte("-----BEGIN PGP")) {
		decoded, err := armor.Decode(bytes.NewReader(signature))
		if err != nil {
			return Signature{}, fmt.Errorf("%w: Release.gpg cannot be read: %v", ErrBadSignature, err)
		}
		body = decoded.Body
	}
	return verify(release, body, keys)
}

func verify(signed []byte, signature io.Reader, keys openpgp.EntityList) (Signature, error) {
	raw, err := io.ReadAll(io.LimitReader(signature, maxKeyring))
	if err != nil {
		return Signature{}, fmt.Errorf("%w: the signature cannot be read: %v", ErrBadSignature, err)
	}
	// Archive keys expire while their releases stay; apt itself is told to
	// accept that by the archive's own re-signed keyring. What counts here is
	// that the key was good when it signed.
	when, known := signedAt(raw)
	config := &packet.Config{Time: func() time.Time { return when }}
	if !known {
		config = nil
	}
	signer, err := openpgp.CheckDetachedSignature(keys, bytes.NewReader(signed), bytes.NewReader(raw), config)
	switch {
	case err == nil:
		return describe(signer, when), nil
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return Signature{When: when}, ErrUnknownKey
	}
	return Signature{}, fmt.Errorf("%w: %v", ErrBadSignature, err)
}

// signedAt is the time of the first signature that can be read.
func signedAt(raw []byte) (time.Time, bool) {
	packets := packet.NewReader(bytes.NewReader(raw))
	for {
		p, err := packets.Next()
		if err != nil {
			return time.Time{}, false
		}
		if s, ok := p.(*packet.Signature); ok {
			return s.CreationTime, true
		}
	}
}

func describe(signer *openpgp.Entity, when time.Time) Signature {
	s := Signature{When: when}
	if signer == nil || signer.PrimaryKey == nil {
		return s
	}
	s.Fingerprint = strings.ToUpper(fmt.Sprintf("%x", signer.PrimaryKey.Fingerprint))
	if identity := signer.PrimaryIdentity(); identity != nil {
		s.Name = identity.Name
	}
	return s
}
