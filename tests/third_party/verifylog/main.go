// Verifies a ledger with nothing but Go's own checksum-database packages, which know nothing of tickmark.
//
// usage: verifylog LEDGER VKEY [OLD_SIZE OLD_ROOT]
//
// The checkpoint is opened with the verifier key, every entry is hashed from its bundle and proven to be in the tree,
// and, where an older size and root (base64) are given, the tree is proven to extend it.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads hash tiles from a ledger's folder.
type tiles struct{ ledger string }

func (tiles) Height() int { return 8 }

// ReadTiles strips the height from the checksum database's paths: tile/8/0/001 is tile/0/001 here.
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		bytes, err := os.ReadFile(filepath.Join(t.ledger, path))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entriesPath gives the path of a bundle, which has the same form as that of a tile.
func entriesPath(bundle int64, width int) string {
	tile := tlog.Tile{H: 8, L: 0, N: bundle, W: width}
	return "tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/")
}

func bundleOf(ledger string, bundle int64, width int) ([][]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(ledger, entriesPath(bundle, width)))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(bytes) > 0 {
		if len(bytes) < 2 {
			return nil, errors.New("a bundle ends in the middle of a length")
		}
		size := int(binary.BigEndian.Uint16(bytes))
		if len(bytes) < 2+size {
			return nil, errors.New("a bundle ends in the middle of an entry")
		}
		entries = append(entries, bytes[2:2+size])
		bytes = bytes[2+size:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("bundle %d has %d entries, expected %d", bundle, len(entries), width)
	}
	return entries, nil
}

func run(args []string) error {
	if len(args) != 2 && len(args) != 4 {
		return errors.New("usage: verifylog LEDGER VKEY [OLD_SIZE OLD_ROOT]")
	}
	ledger := args[0]
	verifier, err := note.NewVerifier(args[1])
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(ledger, "checkpoint"))
	if err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return fmt.Errorf("a checkpoint of %d lines", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{ledger})
	for first := int64(0); first < size; first += 256 {
		width := int64(256)
		if size-first < width {
			width = size - first
		}
		entries, err := bundleOf(ledger, first/256, int(width))
		if err != nil {
			return err
		}
		// The reader checks each tile that it reads against the root.
		var indexes []int64
		for at := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(at)))
		}
		leaves, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for at, entry := range entries {
			if tlog.RecordHash(entry) != leaves[at] {
				return fmt.Errorf("record %d is not the one in the tree", first+int64(at))
			}
		}
		proof, err := tlog.ProveRecord(size, first, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, first, tlog.RecordHash(entries[0])); err != nil {
			return err
		}
	}
	if len(args) == 4 {
		oldSize, err := strconv.ParseInt(args[2], 10, 64)
		if err != nil {
			return err
		}
		bytes, err := base64.StdEncoding.DecodeString(args[3])
		if err != nil || len(bytes) != tlog.HashSize {
			return errors.New("the old root is no hash")
		}
		var oldRoot tlog.Hash
		copy(oldRoot[:], bytes)
		proof, err := tlog.ProveTree(size, oldSize, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, size, root, oldSize, oldRoot); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d records\n", lines[0], size)
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
