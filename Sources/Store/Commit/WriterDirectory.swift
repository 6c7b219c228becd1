// The directory in which one running writer prepares its files.

/// A directory under `tmp` of which this process holds the lock. Nobody else touches it while the
/// lock is held; once the process has ended, the next writer clears it.
final class WriterDirectory {
  let path: String
  private let files: any StoreFiles
  private let lock: any StoreFile

  private static let tries = 1_000

  /// Creates the directory with the first free number.
  init(files: any StoreFiles) throws {
    self.files = files
    for number in 1...Self.tries {
      let path = StoreLayout.writer(number)
      if let lock = try Self.take(path, files) {
        self.path = path
        self.lock = lock
        return
      }
    }
    throw StoreError.busy(path: files.root, what: "\(Self.tries) other evt are writing")
  }

  /// The path of the file `name` in it.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Removes the directory with everything in it, as far as possible; what remains is cleared by
  /// the next writer.
  func remove() {
    clearDirectory(path, files)
    lock.unlock()
  }

  /// Returns the lock on a new directory, or nil when the number is taken.
  private static func take(_ path: String, _ files: any StoreFiles) throws -> (any StoreFile)? {
    do {
      try files.makeDirectory(path)
      let lock = try files.open(path)
      // Between the two calls another writer may have cleared the directory, which then looked
      // abandoned, and a third may have made it anew.
      return try lock.tryLock(.exclusive) && lock.isLinked() ? lock : nil
    } catch let error as StoreError where error.isExistingFile {
      return nil
    } catch let error as StoreError where error.isMissingFile {
      // Cleared under our feet, unless all of `tmp` is missing.
      _ = try files.list(StoreLayout.temporary)
      return nil
    }
  }
}

/// Removes a writer's directory as far as possible.
func clearDirectory(_ path: String, _ files: any StoreFiles) {
  do {
    for entry in try files.list(path) { files.removeIfPossible("\(path)/\(entry.name)") }
    try files.removeDirectory(path)
  } catch {}
}
