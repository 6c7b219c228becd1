// Begins to write to a store.

import Columnar
import EvtCore

extension Store {
  /// Begins an ingest that keeps within about `memoryBytes` of memory.
  ///
  /// What dead writers left behind is cleared, unless another writer is committing just now.
  /// - Throws: `StoreError`.
  public func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy = .refuse
  ) throws -> IngestTransaction {
    try beginIngest(
      pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      memtableRowsMax: IngestTransaction.memtableRowsMax, build: buildSegment)
  }

  func beginIngest(
    pool: WorkerPool, memoryBytes: Int, repeats: RepeatedSourcePolicy, memtableRowsMax: Int,
    build: @escaping SegmentBuilding
  ) throws -> IngestTransaction {
    let base = try CatalogueFiles(files: files).leaseNewest().catalogue
    try StoreLock(files: files).withLockIfFree {
      let collector = Collector(files: files)
      collector.removeDeadWriters()
      collector.removeUnnamedSegments(current: try CatalogueFiles(files: files).newest().catalogue)
    }
    return try IngestTransaction(
      store: self, base: base, pool: pool, memoryBytes: memoryBytes, repeats: repeats,
      memtableRowsMax: memtableRowsMax, build: build)
  }

  /// Takes segments out of the store. Readers of earlier generations keep them until they are done.
  func commitRemoval(of ids: Set<UInt64>) throws {
    let writer = try WriterDirectory(files: files)
    defer { writer.remove() }
    let commit = GenerationCommit(
      files: files, writer: writer, lockWaitMilliseconds: lockWaitMilliseconds)
    _ = try commit.run { catalogue in
      let before = catalogue.segments.count
      catalogue.segments.removeAll { ids.contains($0.id) }
      return catalogue.segments.count == before ? nil : []
    }
  }
}
