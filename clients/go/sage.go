// Package sage compares two versions of a video through a SAGE server.
//
// Client opens a session by itself and renews it before it ends. Ingest, Embed and Compare are the
// generated stubs of the contract; the methods of Client are what takes more than one call.
package sage

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
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

	compare "sage.video/go/sage/compare/v1"
	embed "sage.video/go/sage/embed/v1"
	ingest "sage.video/go/sage/ingest/v1"
)

// Version is that of the contract which the stubs were generated from.
const Version = "0.1.0"

const (
	messageBytes = 12 << 20
	// How long before its end a session is renewed, and how long a lost server is waited for.
	renewBefore, patience = time.Minute, time.Minute
	retryUnavailable      = `{"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 4,
		"initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
		"retryableStatusCodes": ["UNAVAILABLE"]}}]}`
)

// Client holds the connections to one server. Close it.
type Client struct {
	Ingest  ingest.IngestServiceClient
	Embed   embed.EmbedServiceClient
	Compare compare.CompareServiceClient

	connections []*grpc.ClientConn
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
		transport = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
		if server.Port() == "" {
			target += ":443"
		}
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultServiceConfig(retryUnavailable),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(messageBytes)),
	}
	open, err := grpc.NewClient(target, options...)
	if err != nil {
		return nil, err
	}
	token := &session{sessions: embed.NewSessionServiceClient(open), apiKey: apiKey}
	signedIn, err := grpc.NewClient(target, append(options, grpc.WithPerRPCCredentials(token))...)
	if err != nil {
		return nil, err
	}
	return &Client{
		Ingest:      ingest.NewIngestServiceClient(signedIn),
		Embed:       embed.NewEmbedServiceClient(signedIn),
		Compare:     compare.NewCompareServiceClient(signedIn),
		connections: []*grpc.ClientConn{open, signedIn},
	}, nil
}

// Close ends what is under way.
func (c *Client) Close() {
	for _, connection := range c.connections {
		_ = connection.Close()
	}
}

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
	name := filepath.Base(path)
	request := &ingest.CreateUploadRequest{DisplayName: name, SizeBytes: size, Sha256: sum}
	request.RequestId = uuid.NewSHA1(uuid.NameSpaceURL, []byte(sum+"/"+name)).String()
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
			if err := c.persist(ctx, func() (bool, error) {
				_, err := c.Ingest.UploadPart(ctx, part)
				return false, err
			}); err != nil {
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
	request := &embed.WatchEmbeddingTasksRequest{}
	for _, video := range videos {
		task, err := c.Embed.CreateEmbeddingTask(ctx, &embed.CreateEmbeddingTaskRequest{Video: video})
		if err == nil && (task.State == embed.EmbeddingTask_STATE_FAILED || task.State == embed.EmbeddingTask_STATE_CANCELLED) {
			task, err = c.Embed.RetryEmbeddingTask(ctx, &embed.RetryEmbeddingTaskRequest{Name: task.Name})
		}
		if err != nil {
			return err
		}
		if !slices.Contains(request.Names, task.Name) {
			request.Names = append(request.Names, task.Name)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := map[string]bool{}
	return c.persist(ctx, func() (heard bool, err error) {
		stream, err := c.Embed.WatchEmbeddingTasks(ctx, request)
		for err == nil && len(done) < len(request.Names) {
			var message *embed.WatchEmbeddingTasksResponse
			if message, err = stream.Recv(); err != nil {
				break
			}
			heard, request.AfterRevision = true, max(request.AfterRevision, message.Revision)
			for _, task := range message.EmbeddingTasks {
				progress(task)
				switch task.State {
				case embed.EmbeddingTask_STATE_SUCCEEDED:
					done[task.Name] = true
				case embed.EmbeddingTask_STATE_FAILED, embed.EmbeddingTask_STATE_CANCELLED:
					return heard, fmt.Errorf("%s: %s %s", task.VideoDisplayName, task.Stage, task.Error.GetMessage())
				}
			}
		}
		return heard, err
	})
}

// CompareVideos streams a comparison: its header, distances, looks, regions and summary.
func (c *Client) CompareVideos(ctx context.Context, request *compare.CompareVideosRequest) iter.Seq2[*compare.CompareVideosResponse, error] {
	return func(yield func(*compare.CompareVideosResponse, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := c.Compare.CompareVideos(ctx, request)
		for err == nil {
			var message *compare.CompareVideosResponse
			if message, err = stream.Recv(); err == nil && !yield(message, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(nil, err)
		}
	}
}

// persist calls again while the server is away, for as long as patience lasts since it was heard.
func (c *Client) persist(ctx context.Context, call func() (heard bool, err error)) error {
	for giveUp := time.Now().Add(patience); ; {
		heard, err := call()
		if heard {
			giveUp = time.Now().Add(patience)
		}
		away := err == io.EOF || status.Code(err) == codes.Unavailable
		if !away || time.Now().After(giveUp) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// session gives every call its token.
type session struct {
	sessions embed.SessionServiceClient
	apiKey   string
	lock     sync.Mutex
	current  *embed.Session
}

func (s *session) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.current == nil || time.Until(s.current.ExpireTime.AsTime()) < renewBefore {
		opened, err := s.sessions.CreateSession(ctx, &embed.CreateSessionRequest{TwelvelabsApiKey: s.apiKey})
		if err != nil {
			return nil, err
		}
		s.current = opened
	}
	return map[string]string{"authorization": "Bearer " + s.current.AccessToken}, nil
}

func (s *session) RequireTransportSecurity() bool { return false }
