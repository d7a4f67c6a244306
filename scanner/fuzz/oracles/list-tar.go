// Lists archives as container runtimes see them: containerd, Docker and Podman unpack layers with archive/tar.
//
// Takes archives from standard input, each after its length in four bytes (big endian), and answers each with a line of
// JSON: the entries, and whether the archive was read to its end.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
)

type entry struct {
	Name []byte `json:"name"`
	Link []byte `json:"link"`
	Type byte   `json:"type"`
	// Bytes that the entry gives; of a sparse file they are more than the archive holds.
	Size int64 `json:"size"`
	Mode int64 `json:"mode"`
}

type answer struct {
	Entries []entry `json:"entries"`
	Whole   bool    `json:"whole"`
}

func list(archive []byte) answer {
	reader := tar.NewReader(bytes.NewReader(archive))
	told := answer{Entries: []entry{}}
	for {
		header, err := reader.Next()
		if err == io.EOF {
			told.Whole = true
			return told
		}
		if err != nil {
			return told
		}
		told.Entries = append(told.Entries, entry{
			[]byte(header.Name), []byte(header.Linkname), header.Typeflag, header.Size, header.Mode,
		})
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		archive := make([]byte, length)
		if _, err := io.ReadFull(in, archive); err != nil {
			return
		}
		line, err := json.Marshal(list(archive))
		if err != nil {
			panic(err)
		}
		out.Write(append(line, '\n'))
		out.Flush()
	}
}
