// One writer at a time.

/// A lock of the store, that for writers unless said otherwise. The file is never replaced or
/// removed; the lock ends with the process that holds it, however it ends.
struct StoreLock: Sendable {
  let files: any StoreFiles
  var path = StoreLayout.lock
  /// Who holds it when it cannot be had, for messages.
  var holder = "another evt has been writing"

  private static let pauseMilliseconds = 20

  /// Calls `body` while holding the lock, for which it waits `waitMilliseconds` at most.
  /// - Throws: `StoreError.busy` when the wait was in vain, and what `body` throws.
  func withLock<Result>(waitMilliseconds: Int, _ body: () throws -> Result) throws -> Result {
    let file = try open()
    var waited = 0
    while try !file.tryLock(.exclusive) {
      guard waited < waitMilliseconds else {
        throw StoreError.busy(
          path: files.root,
          what: "\(holder) for \(waitMilliseconds / 1_000) seconds")
      }
      files.pause(milliseconds: Self.pauseMilliseconds)
      waited += Self.pauseMilliseconds
    }
    defer { file.unlock() }
    return try body()
  }

  /// Calls `body` while holding the lock, or not at all when somebody else holds it.
  func withLockIfFree(_ body: () throws -> Void) throws {
    let file = try open()
    guard try file.tryLock(.exclusive) else { return }
    defer { file.unlock() }
    try body()
  }

  private func open() throws -> any StoreFile {
    do {
      return try files.open(path)
    } catch let error as StoreError where error.isMissingFile {
      throw StoreError.damaged(path: files.shown(path), what: "it is missing")
    }
  }
}
