// tlog reads a public log with golang.org/x/mod/sumdb, as it comes from Debian: the checkpoint's
// signature, every hash tile, every entry bundle, an inclusion proof for each leaf and a
// consistency proof from each earlier size. It shares no code with communique.
//
//	tlog URL VKEY [SIZE ROOT]	SIZE and ROOT (base64): an earlier checkpoint's
//
// Prints the number of leaves. Exit status 1: the log is not what it says.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func check(err error, format string, args ...interface{}) {
	if err != nil {
		fmt.Fprintf(os.Stderr, format+": %v\n", append(args, err)...)
		os.Exit(1)
	}
}

func get(address string) []byte {
	answer, err := http.Get(address)
	check(err, "%s", address)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(err, "%s", address)
	if answer.StatusCode != 200 {
		check(fmt.Errorf("status %d", answer.StatusCode), "%s", address)
	}
	return body
}

// The Go checksum database has the tile's height in its addresses; C2SP tlog-tiles does not.
func tileAddress(url string, tile tlog.Tile, level string) string {
	parts := strings.SplitN(tile.Path(), "/", 4) // tile, height, level, number
	return fmt.Sprintf("%s/log/tile/%s/%s", url, level, parts[3])
}

type reader struct{ url string }

func (r reader) Height() int                                { return tileHeight }
func (r reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (r reader) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		data = append(data, get(tileAddress(r.url, tile, strconv.Itoa(tile.L))))
	}
	return data, nil
}

// An entry bundle: each leaf with its length before it, sixteen bits, big-endian.
func entries(url string, n int64, width int) (leaves [][]byte) {
	tile := tlog.Tile{H: tileHeight, L: 0, N: n, W: width}
	rest := get(tileAddress(url, tile, "entries"))
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			check(fmt.Errorf("cut off"), "entry bundle %d", n)
		}
		size := int(binary.BigEndian.Uint16(rest))
		leaves = append(leaves, rest[2:2+size])
		rest = rest[2+size:]
	}
	if len(leaves) != width {
		check(fmt.Errorf("%d leaves, not %d", len(leaves), width), "entry bundle %d", n)
	}
	return leaves
}

func readTree(url, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	check(err, "the log's key")
	signed, err := note.Open(get(url+"/log/checkpoint"), note.VerifierList(verifier))
	check(err, "the checkpoint")
	lines := strings.Split(signed.Text, "\n")
	if lines[0] != verifier.Name() {
		check(fmt.Errorf("%q", lines[0]), "the origin is not %q", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "the size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "the root")
	return tlog.Tree{N: size, Hash: root}
}

func checkLeaves(url string, tree tlog.Tree, hashes tlog.HashReader) {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := tree.N - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		for i, leaf := range entries(url, first>>tileHeight, int(width)) {
			index := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			check(err, "the proof of leaf %d", index)
			check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)),
				"leaf %d", index)
		}
	}
}

func checkGrowth(tree tlog.Tree, hashes tlog.HashReader) {
	for size := int64(1); size < tree.N; size++ {
		before, err := tlog.TreeHash(size, hashes)
		check(err, "the tree of %d leaves", size)
		proof, err := tlog.ProveTree(tree.N, size, hashes)
		check(err, "the consistency proof from %d leaves", size)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, size, before), "growth from %d leaves", size)
	}
}

// A checkpoint that was seen before is one of this tree's.
func checkEarlier(tree tlog.Tree, hashes tlog.HashReader, size, root string) {
	n, err := strconv.ParseInt(size, 10, 64)
	check(err, "SIZE")
	raw, err := base64.StdEncoding.DecodeString(root)
	check(err, "ROOT")
	var before tlog.Hash
	copy(before[:], raw)
	proof, err := tlog.ProveTree(tree.N, n, hashes)
	check(err, "the consistency proof from %d leaves", n)
	check(tlog.CheckTree(proof, tree.N, tree.Hash, n, before), "growth from %d leaves", n)
}

func main() {
	if len(os.Args) != 3 && len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: tlog URL VKEY [SIZE ROOT]")
		os.Exit(2)
	}
	url := os.Args[1]
	tree := readTree(url, os.Args[2])
	hashes := tlog.TileHashReader(tree, reader{url})
	checkLeaves(url, tree, hashes)
	checkGrowth(tree, hashes)
	if len(os.Args) == 5 {
		checkEarlier(tree, hashes, os.Args[3], os.Args[4])
	}
	fmt.Println(tree.N)
}
