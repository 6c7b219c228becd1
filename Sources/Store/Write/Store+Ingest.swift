// Begins to write to a store.

import Columnar
import EvtCore

extension Store {
  /// Begins an ingest that keeps within about `memoryBytes` of memory.
  ///
  /// Without `dedupe` every event is kept.
  /// What dead writers left behind is cleared, unless another writer is committing just now.
  /// - Parameter continuing: the run that it goes on with, nil for a run of its own.
  /// - Parameter name: everything that was loaded under this name is taken back with the commit.
  /// - Throws: `StoreError`, also when nothing was loaded under the name.
  public func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy = .refuse,
    dedupe: DedupePolicy? = nil, continuing: ContinuedRun? = nil, replacing name: String? = nil
  ) throws -> IngestTransaction {
    try beginIngest(
      pool: pool, memoryBytes: memoryBytes, repeats: repeats, continuing: continuing,
      replacing: name, memtableRowsMax: IngestTransaction.memtableRowsMax, dedupe: dedupe,
      build: buildSegment)
  }

  func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy,
    continuing: ContinuedRun? = nil, replacing name: String? = nil, memtableRowsMax: Int,
    dedupe: DedupePolicy? = nil, build: @escaping SegmentBuilding
  ) throws -> IngestTransaction {
    let base = try snapshot()
    let replaced = name.map { RemovalTarget.name($0) }
    _ = try replaced?.entries(in: base.catalogue, path: files.root)
    try StoreLock(files: files).withLockIfFree {
      Collector(files: files).clear(current: try CatalogueFiles(files: files).newest().catalogue)
    }
    return try IngestTransaction(
      store: self, base: base, pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      replaced: replaced, continuing: continuing, memtableRowsMax: memtableRowsMax,
      dedupe: dedupe, build: build)
  }
}
