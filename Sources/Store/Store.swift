// A store directory: opened, created, read and written.

import Columnar
import EvtCore

/// A store. It holds no lock and no open generation; readers take a `snapshot()`, writers begin an
/// ingest.
public struct Store: Sendable {
  let files: any StoreFiles
  /// How long a writer waits for another one before it gives up.
  public var lockWaitMilliseconds = 30_000
  /// The bytes of texts that a merge may hold.
  var mergedTextBytesMax = Limits.mergedTextBytesMax

  /// The store directory as it was named.
  public var path: String { files.root }

  /// Opens the store in directory `path`.
  /// - Throws: `StoreError`: `.missing` when there is none.
  public static func open(at path: String) throws -> Store {
    try open(files: PosixFiles(root: path))
  }

  /// Opens the store in directory `path`, which is created durably when it does not exist.
  /// - Throws: `StoreError`.
  public static func create(at path: String) throws -> Store {
    try create(files: PosixFiles(root: path))
  }

  /// Opens the store in `files`.
  public static func open(files: any StoreFiles) throws -> Store {
    do {
      if try !isStore(files) { throw StoreError.missing(path: files.root) }
    } catch let error as StoreError where error.isMissingFile {
      throw StoreError.missing(path: files.root)
    }
    return Store(files: files)
  }

  /// Opens the store in `files`, or creates it.
  public static func create(files: any StoreFiles) throws -> Store {
    try files.makeRoot()
    do {
      try refuseNetwork(files)
    } catch let error as StoreError where error.isMissingFile {
      throw StoreError.notAStore(path: files.root, why: "it is no directory")
    }
    if try isStore(files) { return Store(files: files) }
    try requireRoom(files)
    do {
      _ = try files.create(StoreLayout.lock, access: .readWrite)
    } catch let error as StoreError where error.isExistingFile {}
    try StoreLock(files: files).withLock(waitMilliseconds: 30_000) {
      if try !isStore(files) { try lay(out: files) }
    }
    return Store(files: files)
  }

  /// Reads and leases the newest generation.
  /// - Parameters:
  ///   - keepsProperty: which properties were kept by those who filled the store, nil for
  ///     all; the others must not be read.
  ///   - zones: where the time zones that questions name come from.
  /// - Throws: `StoreError`.
  public func snapshot(
    keepsProperty: (@Sendable (String) -> Bool)? = nil, zones: ZoneLoader = .utc
  ) throws -> Snapshot {
    Snapshot(
      files: files, leased: try CatalogueFiles(files: files).leaseNewest(),
      keepsProperty: keepsProperty, zones: zones)
  }

  /// Whether the directory has a valid `FORMAT`.
  private static func isStore(_ files: any StoreFiles) throws -> Bool {
    try refuseNetwork(files)
    let file: any StoreFile
    do {
      file = try files.open(StoreLayout.format)
    } catch let error as StoreError where error.isMissingFile {
      return false
    }
    let bytes = try files.readAll(file, path: StoreLayout.format, limit: StoreFormat.bytesMax)
    try StoreFormat.check(bytes, path: files.shown(StoreLayout.format))
    return true
  }

  private static func refuseNetwork(_ files: any StoreFiles) throws {
    if let kind = try files.networkFileSystem() {
      throw StoreError.networkFileSystem(path: files.root, kind: kind)
    }
  }

  /// Refuses to turn a directory of something else into a store.
  private static func requireRoom(_ files: any StoreFiles) throws {
    let own =
      [StoreLayout.lock, StoreLayout.formatDraft, StoreLayout.reserve] + StoreLayout.directories
    for entry in try files.list("") where !own.contains(entry.name) {
      throw StoreError.notAStore(path: files.root, why: "it holds '\(entry.name)' but no FORMAT")
    }
    if try !CatalogueFiles(files: files).generations().allSatisfy({ $0 == 0 }) {
      throw StoreError.damaged(
        path: files.shown(StoreLayout.format), what: "it is missing beside a catalogue")
    }
  }

  /// Makes an empty store. `FORMAT` comes last: until it is there, it is not a store, and whoever
  /// finds the rest begins again.
  private static func lay(out files: any StoreFiles) throws {
    for directory in StoreLayout.directories {
      do {
        try files.makeDirectory(directory)
      } catch let error as StoreError where error.isExistingFile {}
    }
    let first = StoreLayout.generation(0)
    files.removeIfPossible(first)
    try write(Catalogue().encoded().bytes, to: first, files)
    try files.syncDirectory(StoreLayout.catalogue)
    files.removeIfPossible(StoreLayout.formatDraft)
    try write(Array(StoreFormat.text.utf8), to: StoreLayout.formatDraft, files)
    try files.syncDirectory("")
    try files.rename(StoreLayout.formatDraft, to: StoreLayout.format)
    try files.syncDirectory("")
  }

  private static func write(_ bytes: [UInt8], to path: String, _ files: any StoreFiles) throws {
    let file = try files.create(path, access: .readWrite)
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.sync()
  }
}
