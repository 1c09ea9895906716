// A client by go-libvirt, as Debian has it: lists, starts, stops and watches machines, and takes a screenshot.
//
//	golibvirt SOCKET URI MACHINE
//
// prints one line of JSON that says what it saw.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/digitalocean/go-libvirt"
	"github.com/digitalocean/go-libvirt/socket/dialers"
)

type report struct {
	Library string   `json:"library"`
	Before  []string `json:"before"`
	After   []string `json:"after"`
	Events  []string `json:"events"`
	Missing bool     `json:"missing"`
	Unknown bool     `json:"unknown"`
	Picture int      `json:"picture"`
	Magic   string   `json:"magic"`
}

func check(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func states(l *libvirt.Libvirt) []string {
	domains, err := l.Domains()
	check("Domains", err)
	found := []string{}
	for _, domain := range domains {
		state, _, err := l.DomainGetState(domain, 0)
		check("DomainGetState", err)
		found = append(found, fmt.Sprintf("%s %d", domain.Name, state))
	}
	return found
}

func main() {
	socket, uri, name := os.Args[1], os.Args[2], os.Args[3]
	l := libvirt.NewWithDialer(dialers.NewLocal(dialers.WithSocket(socket), dialers.WithLocalTimeout(10*time.Second)))
	check("ConnectToURI", l.ConnectToURI(libvirt.ConnectURI(uri)))
	var found report

	version, err := l.ConnectGetLibVersion()
	check("ConnectGetLibVersion", err)
	found.Library = fmt.Sprintf("%d.%d.%d", version/1000000, version/1000%1000, version%1000)
	found.Before = states(l)

	watched, stop := context.WithCancel(context.Background())
	events, err := l.LifecycleEvents(watched)
	check("LifecycleEvents", err)

	domain, err := l.DomainLookupByName(name)
	check("DomainLookupByName", err)
	check("DomainDestroy", l.DomainDestroy(domain))
	check("DomainCreate", l.DomainCreate(domain))
	for len(found.Events) < 2 {
		select {
		case event := <-events:
			if event.Event == int32(libvirt.DomainEventStopped) || event.Event == int32(libvirt.DomainEventStarted) {
				found.Events = append(found.Events, fmt.Sprintf("%s %d %d", event.Dom.Name, event.Event, event.Detail))
			}
		case <-time.After(20 * time.Second):
			check("events", fmt.Errorf("only %v came", found.Events))
		}
	}
	stop()

	_, err = l.DomainLookupByName("no such machine")
	found.Missing = libvirt.IsNotFound(err)
	_, _, err = l.ConnectListAllNwfilters(1, 0)
	found.Unknown = err != nil

	var picture bytes.Buffer
	// This go-libvirt looks for the picture's type in the stream's last packet, not in the reply, and so always ends with
	// an error, against libvirtd too; the picture is there by then.
	_, err = l.DomainScreenshot(domain, &picture, 0, 0)
	if picture.Len() == 0 {
		check("DomainScreenshot", err)
	}
	found.Picture = picture.Len()
	if picture.Len() > 8 {
		found.Magic = fmt.Sprintf("%x", picture.Bytes()[:8])
	}
	found.After = states(l)
	check("Disconnect", l.Disconnect())
	check("json", json.NewEncoder(os.Stdout).Encode(found))
}
