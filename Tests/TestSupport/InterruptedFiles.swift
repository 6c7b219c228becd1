// A store whose writers meet others at the worst moment.

import Store
import Synchronization

/// Passes everything on to other files, but calls a closure before a writer takes the store's lock:
/// whatever it was preparing has been prepared by then.
public final class InterruptedFiles: StoreFiles {
  private let files: any StoreFiles
  private let interruptions: Mutex<[@Sendable () throws -> Void]>

  /// Creates a store on `files` in which each lock but those past their number is preceded by one
  /// of `interruptions`.
  public init(
    _ files: any StoreFiles, beforeLocks interruptions: [@Sendable () throws -> Void]
  ) {
    self.files = files
    self.interruptions = Mutex(interruptions)
  }

  /// How many interruptions are still to come.
  public var remaining: Int { interruptions.withLock { $0.count } }

  public func open(_ path: String) throws -> any StoreFile {
    if path == "LOCK" {
      let next = interruptions.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      try next?()
    }
    return try files.open(path)
  }

  public var root: String { files.root }
  public var openFilesMax: Int { files.openFilesMax }
  public func makeRoot() throws { try files.makeRoot() }
  public func networkFileSystem() throws -> String? { try files.networkFileSystem() }
  public func list(_ directory: String) throws -> [DirectoryEntry] { try files.list(directory) }
  public func makeDirectory(_ path: String) throws { try files.makeDirectory(path) }
  public func create(_ path: String, access: FileAccess) throws -> any StoreFile {
    try files.create(path, access: access)
  }
  public func rename(_ source: String, to target: String) throws {
    try files.rename(source, to: target)
  }
  public func replace(_ target: String, by source: String) throws {
    try files.replace(target, by: source)
  }
  public func remove(_ path: String) throws { try files.remove(path) }
  public func removeDirectory(_ path: String) throws { try files.removeDirectory(path) }
  public func syncDirectory(_ directory: String) throws { try files.syncDirectory(directory) }
  public func pause(milliseconds: Int) { files.pause(milliseconds: milliseconds) }
}
