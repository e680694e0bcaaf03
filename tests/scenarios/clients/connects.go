// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

// Connects as Go programs make them. Usage: connects-go ROUNDS HOST PORT...
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	patience = 1200 * time.Millisecond
	atOnce   = 32
)

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	var open int64
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for ; rounds > 0; rounds-- {
		for _, port := range os.Args[3:] {
			free <- struct{}{}
			all.Add(1)
			go func(target string) {
				defer func() { <-free; all.Done() }()
				connection, err := net.DialTimeout("tcp", target, patience)
				if err == nil {
					atomic.AddInt64(&open, 1)
					connection.Close()
				}
			}(net.JoinHostPort(os.Args[2], port))
		}
	}
	all.Wait()
	fmt.Println(open, "open")
}
