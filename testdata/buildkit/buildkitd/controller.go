package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/snapshots"
	"github.com/containerd/containerd/v2/defaults"
	"github.com/containerd/containerd/v2/plugins/snapshots/overlay"
	"github.com/moby/buildkit/cache/remotecache"
	localcache "github.com/moby/buildkit/cache/remotecache/local"
	"github.com/moby/buildkit/control"
	"github.com/moby/buildkit/executor/oci"
	"github.com/moby/buildkit/frontend"
	dockerfile "github.com/moby/buildkit/frontend/dockerfile/builder"
	"github.com/moby/buildkit/frontend/gateway"
	"github.com/moby/buildkit/frontend/gateway/forwarder"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/solver"
	"github.com/moby/buildkit/solver/bboltcachestorage"
	"github.com/moby/buildkit/util/db/boltutil"
	"github.com/moby/buildkit/util/grpcerrors"
	"github.com/moby/buildkit/util/network/netproviders"
	"github.com/moby/buildkit/util/resolver"
	resolverconfig "github.com/moby/buildkit/util/resolver/config"
	"github.com/moby/buildkit/worker"
	"github.com/moby/buildkit/worker/base"
	"github.com/moby/buildkit/worker/runc"
	bolt "go.etcd.io/bbolt"
	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/grpc"
)

func serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.UnaryInterceptor(grpcerrors.UnaryServerInterceptor),
		grpc.StreamInterceptor(grpcerrors.StreamServerInterceptor),
		grpc.MaxRecvMsgSize(defaults.DefaultMaxRecvMsgSize),
		grpc.MaxSendMsgSize(defaults.DefaultMaxSendMsgSize),
	}
}

// registries turns HOST=MIRROR pairs into BuildKit's registry configuration.
func registries(mirrors []string) map[string]resolverconfig.RegistryConfig {
	plain := true
	out := map[string]resolverconfig.RegistryConfig{}
	for _, pair := range mirrors {
		host, mirror, _ := strings.Cut(pair, "=")
		out[host] = resolverconfig.RegistryConfig{Mirrors: []string{mirror}}
		out[mirror] = resolverconfig.RegistryConfig{PlainHTTP: &plain}
	}
	return out
}

func newWorker(ctx context.Context, f flags) (*base.Worker, error) {
	snapshotter := runc.SnapshotterFactory{
		Name: "overlayfs",
		New:  func(root string) (snapshots.Snapshotter, error) { return overlay.NewSnapshotter(root) },
	}
	network := netproviders.Opt{Mode: "host"}
	opt, err := runc.NewWorkerOpt(f.root, snapshotter, false, oci.ProcessSandbox, nil, nil, network, nil, "", "", false, nil, "", "", nil)
	if err != nil {
		return nil, err
	}
	opt.RegistryHosts = resolver.NewRegistryConfig(registries(f.mirrors))
	return base.NewWorker(ctx, opt)
}

func newController(ctx context.Context, f flags) (*control.Controller, func(), error) {
	if err := os.MkdirAll(f.root, 0o700); err != nil {
		return nil, nil, err
	}
	sessions, err := session.NewManager()
	if err != nil {
		return nil, nil, err
	}
	w, err := newWorker(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	workers := &worker.Controller{}
	if err := workers.Add(w); err != nil {
		return nil, nil, err
	}
	gw, err := gateway.NewGatewayFrontend(workers.Infos(), nil)
	if err != nil {
		return nil, nil, err
	}
	cache, err := bboltcachestorage.NewStore(filepath.Join(f.root, "cache.db"))
	if err != nil {
		return nil, nil, err
	}
	history, err := boltutil.SafeOpen(filepath.Join(f.root, "history.db"), 0o600, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, nil, err
	}
	c, err := control.NewController(control.Opt{
		SessionManager:   sessions,
		WorkerController: workers,
		Frontends: map[string]frontend.Frontend{
			"dockerfile.v0": forwarder.NewGatewayForwarder(workers.Infos(), dockerfile.Build),
			"gateway.v0":    gw,
		},
		CacheManager: solver.NewCacheManager(ctx, "local", cache, worker.NewCacheResultStorage(workers)),
		ResolveCacheExporterFuncs: map[string]remotecache.ResolveCacheExporterFunc{
			"local": localcache.ResolveCacheExporterFunc(sessions),
		},
		ResolveCacheImporterFuncs: map[string]remotecache.ResolveCacheImporterFunc{
			"local": localcache.ResolveCacheImporterFunc(sessions),
		},
		MeterProvider:  noop.NewMeterProvider(),
		HistoryDB:      history,
		CacheStore:     cache,
		LeaseManager:   w.LeaseManager(),
		ContentStore:   w.ContentStore(),
		GarbageCollect: w.GarbageCollect,
		GracefulStop:   ctx.Done(),
	})
	if err != nil {
		return nil, nil, err
	}
	return c, func() { c.Close() }, nil
}
