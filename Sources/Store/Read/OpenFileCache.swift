// Keeps recently used files open, but never more than the process may have.

import Synchronization

/// The least recently used files are closed when there are too many. Safe for several threads.
final class OpenFileCache: Sendable {
  private struct Entry {
    var file: any StoreFile
    var lastUse: UInt64
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var clock: UInt64 = 0
  }

  private let files: any StoreFiles
  private let capacity: Int
  private let state = Mutex(State())

  /// Creates a cache that leaves most of the process's descriptors to others.
  init(files: any StoreFiles) {
    self.files = files
    capacity = max(4, min(256, files.openFilesMax / 4))
  }

  /// Returns the open file `path`. Whoever holds it may go on reading when the cache drops it.
  func file(_ path: String) throws -> any StoreFile {
    let known = state.withLock { state -> (any StoreFile)? in
      state.clock += 1
      state.entries[path]?.lastUse = state.clock
      return state.entries[path]?.file
    }
    if let known { return known }
    let file = try files.open(path)
    state.withLock { state in
      if state.entries.count >= capacity, state.entries[path] == nil,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.entries[oldest.key] = nil
      }
      state.entries[path] = Entry(file: file, lastUse: state.clock)
    }
    return file
  }
}
