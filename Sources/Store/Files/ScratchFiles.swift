// A store directory without a name: its files are in memory, and on disk where that is too small.

import Glibc
import Synchronization

/// The file operations of a store that only this process sees and that ends with it, however it
/// ends: nothing of it ever has a name on a disk.
///
/// Names are kept in a table. Contents stand one behind another in a file in memory, and when that
/// is full in an unlinked file. What is removed frees no room; a store that is written once removes
/// next to nothing.
public final class ScratchFiles: StoreFiles {
  public let root: String
  /// Whatever the number of files, two are open.
  public let openFilesMax = 1 << 10
  private let state: Mutex<ScratchState>

  /// Creates an empty directory that holds `memoryBytes` in memory, and what is more in a file in
  /// `directory`.
  public init(memoryBytes: Int, directory: String) {
    root = "temporary file in \(directory)"
    state = Mutex(ScratchState(memoryBytes: memoryBytes, directory: directory, root: root))
  }

  public func makeRoot() throws {}

  public func networkFileSystem() throws -> String? { nil }

  public func list(_ directory: String) throws -> [DirectoryEntry] {
    try state.withLock { state in
      let node = try state.node(directory, "list")
      return state.nodes[node].names.sorted { $0.key < $1.key }.map { name, child in
        DirectoryEntry(name: name, kind: state.nodes[child].isDirectory ? .directory : .file)
      }
    }
  }

  public func makeDirectory(_ path: String) throws {
    try state.withLock { _ = try $0.make(path, isDirectory: true) }
  }

  public func open(_ path: String) throws -> any StoreFile {
    let node = try state.withLock { try $0.node(path, "open") }
    return ScratchFile(self, node: node, path: path)
  }

  public func create(_ path: String, access: FileAccess) throws -> any StoreFile {
    let node = try state.withLock { try $0.make(path, isDirectory: false) }
    return ScratchFile(self, node: node, path: path)
  }

  public func rename(_ source: String, to target: String) throws {
    try state.withLock { state in
      let node = try state.node(source, "rename")
      try state.link(target, node, "rename")
      try state.unlink(source, "rename")
    }
  }

  public func replace(_ target: String, by source: String) throws {
    try state.withLock { state in
      let node = try state.node(source, "rename")
      try? state.unlink(target, "rename")
      try state.link(target, node, "rename")
      try state.unlink(source, "rename")
    }
  }

  public func remove(_ path: String) throws {
    try state.withLock { state in
      guard try !state.nodes[state.node(path, "remove")].isDirectory else {
        throw state.failure("remove", path, EISDIR)
      }
      try state.unlink(path, "remove")
    }
  }

  public func removeDirectory(_ path: String) throws {
    try state.withLock { state in
      guard state.nodes[try state.node(path, "remove")].names.isEmpty else {
        throw state.failure("remove", path, ENOTEMPTY)
      }
      try state.unlink(path, "remove")
    }
  }

  /// Nothing here outlives the process.
  public func syncDirectory(_ directory: String) throws {}

  public func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    nanosleep(&time, nil)
  }
}

extension ScratchFiles {
  fileprivate func with<Result>(_ body: (inout ScratchState) throws -> Result) rethrows -> Result {
    try state.withLock { try body(&$0) }
  }
}

/// An open file or directory of a scratch store.
private final class ScratchFile: StoreFile {
  private let files: ScratchFiles
  private let node: Int
  private let path: String

  init(_ files: ScratchFiles, node: Int, path: String) {
    self.files = files
    self.node = node
    self.path = path
  }

  deinit { unlock() }

  func size() throws -> UInt64 { UInt64(files.with { $0.nodes[node].bytes }) }

  func modificationTime() throws -> Int64 { 0 }

  func read(offset: UInt64, count: Int) throws -> [UInt8] {
    let pieces = files.with { $0.pieces(of: node, offset: offset, count: count) }
    let total = pieces.reduce(0) { $0 + $1.count }
    guard total > 0 else { return [] }
    return try [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      for piece in pieces {
        let target = buffer.baseAddress.map { $0 + filled }
        try transfer(piece, "read") { pread($0, target?.advanced(by: $1), $2, $3) }
        filled += piece.count
      }
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    let piece = try files.with { try $0.allocate(bytes.count) }
    try transfer(piece, "write") { pwrite($0, base + $1, $2, $3) }
    files.with { $0.add(piece, to: node) }
  }

  func sync() throws {}

  func tryLock(_ mode: LockMode) throws -> Bool {
    files.with { $0.tryLock(node, mode, by: ObjectIdentifier(self)) }
  }

  func unlock() { files.with { $0.nodes[node].locks[ObjectIdentifier(self)] = nil } }

  func isLinked() throws -> Bool { files.with { (try? $0.node(path, "examine")) == node } }

  /// Reads or writes all of `piece`, in as many calls as it takes.
  private func transfer(
    _ piece: ScratchPiece, _ operation: String,
    _ call: (_ file: Int32, _ done: Int, _ count: Int, _ offset: off_t) -> Int
  ) throws {
    var done = 0
    while done < piece.count {
      let count = call(piece.file.number, done, piece.count - done, off_t(piece.offset + done))
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        throw StoreError.file(FileFailure(operation, files.root, code: count == 0 ? EIO : errno))
      }
    }
  }
}
