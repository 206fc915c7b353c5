package schema

import "slices"

// PurlType is a type of package URLs.
type PurlType struct {
	// Name is the type as it stands behind `pkg:`.
	Name string
	// Doc says what packages it is for.
	Doc string
	// Registered says that the type is in the purl specification; the others
	// are in use in the public catalog.
	Registered bool
	// Example is a package URL of the type.
	Example string
}

// purlTypes are the types registered in the purl specification, and those of
// the public catalog, most used there first.
var purlTypes = []PurlType{
	{"golang", "Go modules; later majors carry `/v2` and up in the name.", true, "pkg:golang/github.com/owner/repo/v2@v2.3.4"},
	{"dhi", "Packages of Docker Hardened Images.", false, "pkg:dhi/nginx@1.29.5"},
	{"github", "Projects released on GitHub.", true, "pkg:github/owner/repo@v1.2.3"},
	{"maven", "Maven artifacts: group and artifact.", true, "pkg:maven/org.example/library@1.2.3"},
	{"deb", "Debian packages; `os_name` and `os_version` say which distribution.", true, "pkg:deb/debian/redis@8.0.5-1?os_name=debian&os_version=13"},
	{"apk", "Alpine packages.", true, "pkg:apk/alpine/redis@8.0.5-r0?os_name=alpine&os_version=3.23"},
	{"gem", "Ruby gems.", true, "pkg:gem/rails@8.0.1"},
	{"generic", "Anything without a type of its own.", true, "pkg:generic/openssl@3.5.1"},
	{"composer", "PHP packages.", true, "pkg:composer/vendor/package@1.2.3"},
	{"cpan", "Perl distributions.", true, "pkg:cpan/AUTHOR/Distribution@1.23"},
	{"pypi", "Python packages; names in lower case with hyphens.", true, "pkg:pypi/requests@2.33.1"},
	{"npm", "npm packages; the `@` of a scope is written %40.", true, "pkg:npm/%40scope/package@1.2.3"},
	{"nuget", ".NET packages.", true, "pkg:nuget/Newtonsoft.Json@13.0.3"},
	{"cargo", "Rust crates.", true, "pkg:cargo/serde@1.0.219"},
	{"docker", "Container images.", true, "pkg:docker/library/redis@sha256:…"},
	{"gitlab", "Projects released on GitLab.", true, "pkg:gitlab/group/project@v1.2.3"},
	{"cran", "R packages.", true, "pkg:cran/ggplot2@3.5.1"},
	{"alpm", "Arch Linux packages.", true, "pkg:alpm/arch/pacman@6.0.1-1"},
	{"bazel", "Bazel modules.", true, "pkg:bazel/rules_go@0.50.0"},
	{"bitbucket", "Projects on Bitbucket.", true, "pkg:bitbucket/owner/repo@1.2.3"},
	{"bitnami", "Bitnami packages.", true, "pkg:bitnami/wordpress@6.2.0"},
	{"cocoapods", "CocoaPods.", true, "pkg:cocoapods/AFNetworking@4.0.1"},
	{"conan", "C and C++ packages of Conan.", true, "pkg:conan/openssl@3.0.3"},
	{"conda", "Conda packages.", true, "pkg:conda/absl-py@0.4.1"},
	{"hackage", "Haskell packages.", true, "pkg:hackage/aeson@2.2.1.0"},
	{"hex", "Elixir and Erlang packages.", true, "pkg:hex/phoenix@1.7.10"},
	{"huggingface", "Models on Hugging Face.", true, "pkg:huggingface/owner/model@0123456789abcdef"},
	{"julia", "Julia packages.", true, "pkg:julia/Dates@1.9.0?uuid=ade2ca70-3891-5945-98fb-dc099432e06a"},
	{"luarocks", "Lua rocks.", true, "pkg:luarocks/luasocket@3.1.0-1"},
	{"mlflow", "MLflow models.", true, "pkg:mlflow/model@3"},
	{"oci", "Artifacts in OCI registries.", true, "pkg:oci/redis@sha256:…?repository_url=dhi.io/redis"},
	{"opam", "OCaml packages.", true, "pkg:opam/dune@3.17.0"},
	{"pub", "Dart and Flutter packages.", true, "pkg:pub/http@1.2.0"},
	{"qpkg", "QNX packages.", true, "pkg:qpkg/blackberry/com.qnx.sdp@7.0.0"},
	{"rpm", "RPM packages.", true, "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=x86_64"},
	{"swid", "Software identification tags.", true, "pkg:swid/Acme/example.com/Enterprise+Server@1.0.0?tag_id=75b8c285"},
	{"swift", "Swift packages.", true, "pkg:swift/github.com/Alamofire/Alamofire@5.4.3"},
	{"vscode-extension", "Extensions of Visual Studio Code.", true, "pkg:vscode-extension/publisher/name@1.2.3"},
	{"yocto", "Recipes of the Yocto Project.", true, "pkg:yocto/core/glibc@2.35"},
}

// PurlTypes returns the known types of package URLs, those most used in the
// public catalog first.
func PurlTypes() []PurlType { return slices.Clone(purlTypes) }

// LookupPurlType finds a type by its name in lower case.
func LookupPurlType(name string) (PurlType, bool) {
	for _, t := range purlTypes {
		if t.Name == name {
			return t, true
		}
	}
	return PurlType{}, false
}

// purlTypeMistakes maps types that people write to registered ones.
var purlTypeMistakes = map[string]string{
	"alpine": "apk", "crate": "cargo", "crates": "cargo", "debian": "deb", "erlang": "hex",
	"github.com": "github", "gitlab.com": "gitlab", "go": "golang", "java": "maven",
	"javascript": "npm", "node": "npm", "perl": "cpan", "php": "composer", "pip": "pypi",
	"python": "pypi", "ruby": "gem", "rubygems": "gem", "rust": "cargo",
}

// SuggestPurlType finds the type that somebody most likely meant.
func SuggestPurlType(name string) (string, bool) {
	if t, ok := purlTypeMistakes[name]; ok {
		return t, true
	}
	names := make([]string, len(purlTypes))
	for i, t := range purlTypes {
		names[i] = t.Name
	}
	return Suggest(name, names)
}
