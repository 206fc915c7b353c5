package workspace

// kinds are the questions that the methods of a view note which rules ask.
var kinds = map[string]lookup{
	"Image": byImage, "Clashing": byImage, "Folder": byFolder, "Producers": byProduct, "Referring": byReference,
	"Displayed": byDisplayName, "Pins": byPin, "Images": allImages,
}

// Without are the questions as they were if those of a method were not noted.
func (a *Asked) Without(method string) *Asked {
	kind, ok := kinds[method]
	if !ok {
		panic("name here what " + method + " notes")
	}
	var out Asked
	for _, q := range a.list {
		if q.kind != kind {
			out.note(q)
		}
	}
	return &out
}
