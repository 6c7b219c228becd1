// Makes segment files durable while others are being built.

import EvtCore
import Synchronization

/// Runs fsync on a thread of its own, so that the disk works while the processors do.
///
/// A file is synced through the handle that wrote it: another one might not hear of an earlier
/// failure to write it back.
final class SegmentSyncer: Sendable {
  private let worker: WorkerPool?
  private let pending = Mutex<[PendingResult<Void>]>([])

  /// Files that may wait, each of which costs a descriptor.
  private static let pendingMax = 32

  /// Creates a syncer; not `isParallel`, it syncs at once and in a fixed order.
  init(isParallel: Bool) { worker = isParallel ? WorkerPool(threads: 1) : nil }

  /// Begins to make `file` durable. Safe for several threads.
  /// - Throws: an error of an earlier file, or of this one.
  func sync(_ file: any StoreFile) throws {
    guard let worker else { return try file.sync() }
    let oldest = pending.withLock { pending -> PendingResult<Void>? in
      pending.append(worker.submit { try file.sync() })
      return pending.count > Self.pendingMax ? pending.removeFirst() : nil
    }
    try oldest?.wait().get()
  }

  /// Waits until all files are durable.
  /// - Throws: the first error.
  func finish() throws {
    let waiting = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    let results = waiting.map { $0.wait() }
    for result in results { try result.get() }
  }
}
