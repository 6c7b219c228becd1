// Begins to write to a store.

import Columnar
import EvtCore

extension Store {
  /// Begins an ingest that keeps within about `memoryBytes` of memory.
  ///
  /// Without `dedupe` every event is kept.
  /// What dead writers left behind is cleared, unless another writer is committing just now.
  /// - Throws: `StoreError`.
  public func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy = .refuse,
    dedupe: DedupePolicy? = nil
  ) throws -> IngestTransaction {
    try beginIngest(
      pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      memtableRowsMax: IngestTransaction.memtableRowsMax, dedupe: dedupe, build: buildSegment)
  }

  func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy, memtableRowsMax: Int,
    dedupe: DedupePolicy? = nil, build: @escaping SegmentBuilding
  ) throws -> IngestTransaction {
    let base = try snapshot()
    try StoreLock(files: files).withLockIfFree {
      Collector(files: files).clear(current: try CatalogueFiles(files: files).newest().catalogue)
    }
    return try IngestTransaction(
      store: self, base: base, pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      memtableRowsMax: memtableRowsMax, dedupe: dedupe, build: build)
  }
}
