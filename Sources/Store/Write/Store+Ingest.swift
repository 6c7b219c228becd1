// Begins to write to a store.

import Columnar
import EvtCore

extension Store {
  /// Begins an ingest that keeps within about `memoryBytes` of memory.
  ///
  /// What dead writers left behind is cleared, unless another writer is committing just now.
  /// - Parameter continuing: the run that it goes on with, nil for a run of its own.
  /// - Throws: `StoreError`.
  public func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy = .refuse,
    continuing: ContinuedRun? = nil
  ) throws -> IngestTransaction {
    try beginIngest(
      pool: pool, memoryBytes: memoryBytes, repeats: repeats, continuing: continuing,
      memtableRowsMax: IngestTransaction.memtableRowsMax, build: buildSegment)
  }

  func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy,
    continuing: ContinuedRun? = nil, memtableRowsMax: Int, build: @escaping SegmentBuilding
  ) throws -> IngestTransaction {
    let base = try CatalogueFiles(files: files).leaseNewest().catalogue
    try StoreLock(files: files).withLockIfFree {
      Collector(files: files).clear(current: try CatalogueFiles(files: files).newest().catalogue)
    }
    return try IngestTransaction(
      store: self, base: base, pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      continuing: continuing, memtableRowsMax: memtableRowsMax, build: build)
  }
}
