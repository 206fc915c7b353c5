// Package schema knows the vocabulary of Docker Hardened Image definitions:
// which fields there are, what they mean, which values they take, in which
// order they are written, and which inputs the built-in actions have.
//
// The knowledge is in JSON Schema files (draft 2020-12) embedded in the
// binary; Source hands them out for other editors. Validate checks decoded
// values against them, Lookup and KeyOrder answer questions about fields.
// Everything is compiled on first use and immutable afterwards, so every
// function is safe for concurrent use.
//
// The verdict on a definition is that of the published schema of the format,
// with these deliberate differences:
//
//   - A tracker of type var_increment with `set` and `increment` or `reset`
//     is accepted. The published schema lists the type twice in a oneOf, so
//     that a correct entry matches two alternatives and is refused.
//   - `volumes` is accepted, since the format's build guide describes it.
//   - In info.yaml, the metadata `fips-compliant`, `fips-modules`,
//     `stig-certified` and `alternatives` are not required: they are removed
//     when the catalog is published, so that no public file has them.
//
// The top-level fields that the build guide requires depend on the kind of
// definition and are not in the schema; RequiredFields has them.
package schema
