// Compares two videos: go run ./example A.mp4 B.mp4 [http://127.0.0.1:8080]
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	sage "sage.video/go"
	compare "sage.video/go/sage/compare/v1"
	embed "sage.video/go/sage/embed/v1"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: example A.mp4 B.mp4 [http://127.0.0.1:8080]")
	}
	server := "http://127.0.0.1:8080"
	if len(os.Args) > 3 {
		server = os.Args[3]
	}
	if err := run(context.Background(), server, os.Args[1:3]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, server string, paths []string) error {
	client, err := sage.Connect(server, os.Getenv("TWELVELABS_API_KEY"))
	if err != nil {
		return err
	}
	defer client.Close()
	var videos []string
	for _, path := range paths {
		video, err := client.Upload(ctx, path, func(sent, size int64) {
			fmt.Printf("%s: uploaded %d %%\n", path, 100*sent/size)
		})
		if err != nil {
			return err
		}
		videos = append(videos, video.Name)
	}
	if err := client.EmbedVideos(ctx, videos, func(task *embed.EmbeddingTask) {
		fmt.Printf("%s: %s %.0f %%\n", task.VideoDisplayName, task.Stage, 100*task.Progress)
	}); err != nil {
		return err
	}
	request := &compare.CompareVideosRequest{A: videos[0], B: videos[1]}
	for message, err := range client.CompareVideos(ctx, request) {
		if err != nil {
			return err
		}
		if region := message.GetRegion(); region != nil && region.Kind != compare.RegionKind_REGION_KIND_UNCHANGED {
			kind := strings.ToLower(strings.TrimPrefix(region.Kind.String(), "REGION_KIND_"))
			fmt.Printf("%s: A %.3f-%.3f s, B %.3f-%.3f s\n", kind, region.AStart, region.AEnd, region.BStart, region.BEnd)
		}
		if summary := message.GetSummary(); summary != nil {
			fmt.Printf("%d differences\n", summary.DifferenceCount)
		}
	}
	return nil
}
