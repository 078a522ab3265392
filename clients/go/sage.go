// Package sage compares two versions of a video through a SAGE server.
//
// Client opens a session by itself and renews it before it ends. Its Stubs are generated from the
// contract; its other methods are what takes more than one call.
package sage

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	embed "sage.video/go/sage/embed/v1"
	ingest "sage.video/go/sage/ingest/v1"
)

// How long before its end a session is renewed, how long a lost server is waited for, and how long
// between two tries.
const renewBefore, patience, pause = time.Minute, time.Minute, time.Second

// Client holds the connections to one server. Close it.
type Client struct {
	Stubs
	connection *grpc.ClientConn
}

// Connect prepares a client of the server at address, `http://host:port` or `https://host[:port]`.
// Without an API key of TwelveLabs it works in the server's anonymous workspace.
func Connect(address, apiKey string) (*Client, error) {
	server, err := url.Parse(address)
	if err != nil || server.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a server; http://127.0.0.1:8080 would be one", address)
	}
	target, transport := server.Host, insecure.NewCredentials()
	if server.Scheme == "https" {
		transport = credentials.NewTLS(nil)
	} else if server.Port() == "" {
		target += ":80" // gRPC would take 443
	}
	token := &session{apiKey: apiKey}
	options := append(dialOptions, grpc.WithTransportCredentials(transport), grpc.WithPerRPCCredentials(token))
	connection, err := grpc.NewClient(target, options...)
	if err != nil {
		return nil, err
	}
	client := &Client{Stubs: newStubs(connection), connection: connection}
	token.sessions = client.Sessions
	return client, nil
}

// Close ends what is under way.
func (c *Client) Close() { _ = c.connection.Close() }

// Upload answers with the video of a file: the one with the same bytes that is there, or what becomes
// of the parts. Called again after it was interrupted, it sends those that are missing.
func (c *Client) Upload(ctx context.Context, path string, progress func(sent, size int64)) (*ingest.Video, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return nil, err
	}
	sum := fmt.Sprintf("%x", digest.Sum(nil))
	known, err := c.Ingest.ListVideos(ctx, &ingest.ListVideosRequest{Sha256: sum})
	if err != nil {
		return nil, err
	}
	if len(known.Videos) > 0 {
		return known.Videos[0], nil
	}
	request := &ingest.CreateUploadRequest{DisplayName: filepath.Base(path), SizeBytes: size, Sha256: sum}
	request.RequestId = uuid.NewSHA1(uuid.NameSpaceURL, []byte(sum+"/"+request.DisplayName)).String()
	upload, err := c.Ingest.CreateUpload(ctx, request)
	if err == nil && upload.State != ingest.Upload_STATE_ACTIVE && upload.State != ingest.Upload_STATE_COMPLETING {
		request.RequestId = uuid.NewString()
		upload, err = c.Ingest.CreateUpload(ctx, request)
	}
	if err != nil {
		return nil, err
	}
	for number := int32(1); number <= upload.PartCount; number++ {
		start := int64(number-1) * upload.PartSize
		data := make([]byte, min(upload.PartSize, size-start))
		if !slices.Contains(upload.ReceivedParts, number) {
			if _, err := file.ReadAt(data, start); err != nil {
				return nil, err
			}
			checksum := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
			part := &ingest.UploadPartRequest{Upload: upload.Name, PartNumber: number, Data: data, Crc32C: &checksum}
			if _, err := c.Ingest.UploadPart(ctx, part); err != nil {
				return nil, err
			}
		}
		progress(start+int64(len(data)), size)
	}
	return c.Ingest.CompleteUpload(ctx, &ingest.CompleteUploadRequest{Name: upload.Name})
}

// EmbedVideos makes the embeddings of videos and tells of every change until all are there. A dropped
// watch goes on after the last revision that arrived.
func (c *Client) EmbedVideos(ctx context.Context, videos []string, progress func(*embed.EmbeddingTask)) error {
	waiting := map[string]bool{}
	for _, video := range videos {
		task, err := c.Embed.CreateEmbeddingTask(ctx, &embed.CreateEmbeddingTaskRequest{Video: video})
		if err != nil {
			return err
		}
		waiting[task.Name] = true
	}
	watch := &embed.WatchEmbeddingTasksRequest{Names: slices.Sorted(maps.Keys(waiting))}
	for giveUp := time.Now().Add(patience); len(waiting) > 0; time.Sleep(pause) {
		lost := status.Error(codes.Unavailable, "the watch ended")
		for message, err := range c.WatchEmbeddingTasks(ctx, watch) {
			if err != nil {
				lost = err
				break
			}
			giveUp = time.Now().Add(patience)
			watch.AfterRevision = max(watch.AfterRevision, message.Revision)
			for _, task := range message.EmbeddingTasks {
				progress(task)
				switch task.State {
				case embed.EmbeddingTask_STATE_SUCCEEDED:
					delete(waiting, task.Name)
				case embed.EmbeddingTask_STATE_FAILED, embed.EmbeddingTask_STATE_CANCELLED:
					return fmt.Errorf("%s: %s %s", task.VideoDisplayName, task.Stage, task.Error.GetMessage())
				}
			}
			if len(waiting) == 0 {
				return nil
			}
		}
		if status.Code(lost) != codes.Unavailable || time.Now().After(giveUp) {
			return lost
		}
	}
	return nil
}

// session gives every call its token.
type session struct {
	sessions embed.SessionServiceClient
	apiKey   string
	lock     sync.Mutex
	current  *embed.Session
}

func (s *session) GetRequestMetadata(ctx context.Context, _ ...string) (_ map[string]string, err error) {
	if call, _ := credentials.RequestInfoFromContext(ctx); call.Method == embed.SessionService_CreateSession_FullMethodName {
		return nil, nil // it needs none, and is what the token comes from
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.current == nil || time.Until(s.current.ExpireTime.AsTime()) < renewBefore {
		if s.current, err = s.sessions.CreateSession(ctx, &embed.CreateSessionRequest{TwelvelabsApiKey: s.apiKey}); err != nil {
			return nil, err
		}
	}
	return map[string]string{"authorization": "Bearer " + s.current.AccessToken}, nil
}

func (s *session) RequireTransportSecurity() bool { return false }
