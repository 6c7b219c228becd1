// What a store without a directory consists of: a tree of names, and where the contents stand.

import EvtCore
import Glibc

/// Bytes of a scratch store that stand together.
struct ScratchPiece: Sendable {
  let file: Descriptor
  var offset: Int
  var count: Int
}

/// The names of a scratch store and the places of their contents.
struct ScratchState: Sendable {
  struct Node: Sendable {
    let isDirectory: Bool
    /// The numbers of what a directory holds.
    var names: [String: Int] = [:]
    var pieces: [ScratchPiece] = []
    var bytes = 0
    var locks: [ObjectIdentifier: LockMode] = [:]
  }

  /// By number; the first is the store directory. Nodes stay when their names go, for whoever has
  /// them open.
  var nodes = [Node(isDirectory: true)]
  private let root: String
  private let memoryBytes: Int
  private let directory: String
  private var memory: Descriptor?
  private var disk: Descriptor?
  private var memoryUsed = 0
  private var diskUsed = 0

  init(memoryBytes: Int, directory: String, root: String) {
    self.memoryBytes = memoryBytes
    self.directory = directory
    self.root = root
  }

  /// The error of `operation` on `path`.
  func failure(_ operation: String, _ path: String, _ code: Int32) -> StoreError {
    .file(FileFailure(operation, path.isEmpty ? root : "\(root)/\(path)", code: code))
  }

  // MARK: - Names

  /// The number of what is called `path`.
  func node(_ path: String, _ operation: String) throws -> Int {
    var node = 0
    for name in path.split(separator: "/") {
      guard let next = nodes[node].names[String(name)] else {
        throw failure(operation, path, ENOENT)
      }
      node = next
    }
    return node
  }

  mutating func make(_ path: String, isDirectory: Bool) throws -> Int {
    try link(path, nodes.count, "create")
    nodes.append(Node(isDirectory: isDirectory))
    return nodes.count - 1
  }

  mutating func link(_ path: String, _ node: Int, _ operation: String) throws {
    let (directory, name) = splitPath(path)
    let parent = try self.node(directory, operation)
    guard nodes[parent].names[name] == nil else { throw failure(operation, path, EEXIST) }
    nodes[parent].names[name] = node
  }

  mutating func unlink(_ path: String, _ operation: String) throws {
    _ = try node(path, operation)
    let (directory, name) = splitPath(path)
    nodes[try node(directory, operation)].names[name] = nil
  }

  /// Locks as flock(2) does: shared ones beside each other, an exclusive one alone.
  mutating func tryLock(_ node: Int, _ mode: LockMode, by holder: ObjectIdentifier) -> Bool {
    let others = nodes[node].locks.filter { $0.key != holder }.values
    guard mode == .shared ? !others.contains(.exclusive) : others.isEmpty else { return false }
    nodes[node].locks[holder] = mode
    return true
  }

  // MARK: - Contents

  /// Takes room for `count` bytes: in memory as long as they fit.
  /// - Throws: `StoreError` when there is none.
  mutating func allocate(_ count: Int) throws -> ScratchPiece {
    if count <= memoryBytes - memoryUsed, let file = memory ?? openMemory() {
      defer { memoryUsed += count }
      return ScratchPiece(file: file, offset: memoryUsed, count: count)
    }
    let file = try disk ?? openDisk()
    disk = file
    defer { diskUsed += count }
    return ScratchPiece(file: file, offset: diskUsed, count: count)
  }

  /// Puts `piece` behind what `node` holds.
  mutating func add(_ piece: ScratchPiece, to node: Int) {
    nodes[node].pieces.append(piece)
    nodes[node].bytes += piece.count
  }

  /// Where up to `count` bytes of `node` from `offset` on stand.
  func pieces(of node: Int, offset: UInt64, count: Int) -> [ScratchPiece] {
    guard var skipped = Int(exactly: offset) else { return [] }
    var left = count
    var found: [ScratchPiece] = []
    for var piece in nodes[node].pieces {
      if left <= 0 { break }
      let head = min(skipped, piece.count)
      skipped -= head
      piece.offset += head
      piece.count = min(piece.count - head, left)
      left -= piece.count
      if piece.count > 0 { found.append(piece) }
    }
    return found
  }

  /// Nil where the kernel has no such files: then the disk has to do.
  private mutating func openMemory() -> Descriptor? {
    let number = ProcessMemory.makeFile()
    if number >= 0 { memory = Descriptor(number) }
    return memory
  }

  /// O_TMPFILE, which Glibc's module does not show: a file that never has a name.
  private static let nameless = 0o20_000_000 | O_DIRECTORY

  private func openDisk() throws -> Descriptor {
    var number = Glibc.open(directory, Self.nameless | O_RDWR | O_CLOEXEC, 0o600)
    if number < 0, [EOPNOTSUPP, EISDIR, EINVAL].contains(errno) {
      // Some file systems have none of those; then it has a name for a moment.
      var template = Array("\(directory)/evt-scratch-XXXXXX".utf8CString)
      number = mkstemp(&template)
      if number >= 0 {
        Glibc.unlink(template)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
      }
    }
    guard number >= 0 else {
      throw StoreError.file(FileFailure("create", root, code: errno))
    }
    return Descriptor(number)
  }
}
