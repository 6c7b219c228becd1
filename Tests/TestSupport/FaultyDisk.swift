// The state of a faulty disk: what programs see of it, and what would survive.

import Store

/// A disk of inodes, each with its visible and its durable state.
struct FaultyDisk: Sendable {
  struct Inode: Sendable {
    var isDirectory: Bool
    var content: [UInt8] = []
    var durableContent: [UInt8] = []
    var modificationTime: Int64 = 0
    var hasLostWrites = false
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    /// Changes of names since the last sync, in order; nil removes.
    var pendingNames: [(name: String, inode: Int?)] = []
    var locks: [Int: LockMode] = [:]

    mutating func makeNamesDurable() {
      durableNames = names
      pendingNames = []
    }
  }

  static let rootInode = 0
  var inodes: [Int: Inode] = [rootInode: Inode(isDirectory: true)]
  var nextInode = 1
  var nextHandle = 0
  var openFiles = 0
  var operations = 0
  var fault: (operation: Int, fault: Fault)?
  var faultedOperation: String?
  var isKilled = false
  var writesShort = false
  /// Blocks that the disk has, nil for as many as are asked for.
  var blocksMax: Int?

  private static let blockBytes = 4_096

  /// The blocks of everything that has a name; a directory has one, whatever is in it.
  var usedBlocks: Int {
    func blocks(_ inode: Int) -> Int {
      guard let node = inodes[inode] else { return 0 }
      if !node.isDirectory { return Self.blocks(node.content.count) }
      return 1 + node.names.values.reduce(0) { $0 + blocks($1) }
    }
    return blocks(Self.rootInode)
  }

  private static func blocks(_ bytes: Int) -> Int { (bytes + blockBytes - 1) / blockBytes }

  /// Makes sure of room for `added` more bytes of a file, or for a new directory.
  func requireRoom(_ operation: String, _ path: String, inode: Int?, added: Int) throws {
    guard let blocksMax else { return }
    let bytes = inode.flatMap { inodes[$0]?.content.count } ?? 0
    let needed = inode == nil ? 1 : Self.blocks(bytes + added) - Self.blocks(bytes)
    if needed > 0, usedBlocks + needed > blocksMax { throw Self.failure(operation, path, 28) }
  }

  static func failure(_ operation: String, _ path: String, _ code: Int32) -> StoreError {
    .file(FileFailure(operation, path, code: code))
  }

  /// Counts an operation and lets it fail if its turn has come.
  /// - Returns: the error to report after the operation has taken effect.
  mutating func begin(_ operation: String, _ path: String) throws -> Int32? {
    if isKilled { throw Self.failure(operation, path, 5) }
    defer { operations += 1 }
    guard let fault, fault.operation == operations else { return nil }
    faultedOperation = "\(operation) \(path)"
    switch fault.fault {
    case .error(let code): throw Self.failure(operation, path, code)
    case .errorAfterwards(let code): return code
    case .shortWrite:
      guard operation == "write" else { throw Self.failure(operation, path, 28) }
      writesShort = true
      return nil
    case .kill:
      isKilled = true
      throw Self.failure(operation, path, 5)
    }
  }

  func resolve(_ path: String, _ operation: String) throws -> Int {
    var inode = Self.rootInode
    for name in path.split(separator: "/") {
      guard let next = inodes[inode]?.names[String(name)] else {
        throw Self.failure(operation, path, 2)
      }
      inode = next
    }
    return inode
  }

  func entries(of inode: Int) -> [DirectoryEntry] {
    (inodes[inode]?.names ?? [:]).sorted { $0.key < $1.key }.map { name, child in
      DirectoryEntry(name: name, kind: inodes[child]?.isDirectory == true ? .directory : .file)
    }
  }

  mutating func make(_ path: String, isDirectory: Bool, _ operation: String) throws -> Int {
    let inode = nextInode
    try link(path, inode, operation)
    inodes[inode] = Inode(isDirectory: isDirectory)
    nextInode += 1
    return inode
  }

  /// Gives `inode` a name, which leads to the old or the new inode at any moment if it `replaces`.
  mutating func link(
    _ path: String, _ inode: Int, _ operation: String, replaces: Bool = false
  ) throws {
    let (parent, name) = try parent(of: path, operation)
    if !replaces, inodes[parent]?.names[name] != nil { throw Self.failure(operation, path, 17) }
    inodes[parent]?.names[name] = inode
    inodes[parent]?.pendingNames.append((name, inode))
  }

  mutating func unlink(_ path: String, _ operation: String) throws {
    let (parent, name) = try parent(of: path, operation)
    inodes[parent]?.names[name] = nil
    inodes[parent]?.pendingNames.append((name, nil))
  }

  private func parent(of path: String, _ operation: String) throws -> (Int, String) {
    let names = path.split(separator: "/")
    let directory = try resolve(names.dropLast().joined(separator: "/"), operation)
    return (directory, String(names.last ?? ""))
  }

  func contents() -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    func walk(_ inode: Int, _ path: String) {
      guard let node = inodes[inode] else { return }
      if !node.isDirectory { found[path] = node.content }
      for (name, child) in node.names { walk(child, path.isEmpty ? name : "\(path)/\(name)") }
    }
    walk(Self.rootInode, "")
    return found
  }

  func after(_ aftermath: Aftermath) -> FaultyDisk {
    var disk = self
    disk.fault = nil
    disk.faultedOperation = nil
    disk.isKilled = false
    disk.writesShort = false
    disk.operations = 0
    disk.openFiles = 0
    var random = SeededGenerator(seed: 0)
    if case .partialPowerLoss(let seed) = aftermath { random = SeededGenerator(seed: seed) }
    for inode in inodes.keys.sorted() {
      guard var node = disk.inodes[inode] else { continue }
      node.locks = [:]
      switch aftermath {
      case .killed: break
      case .powerLoss:
        node.names = node.durableNames
        node.content = node.durableContent
      case .partialPowerLoss:
        node.names = Self.survivingNames(of: node, &random)
        node.content = Self.survivingContent(of: node, &random)
      }
      if aftermath != .killed {
        node.makeNamesDurable()
        node.durableContent = node.content
        node.hasLostWrites = false
      }
      disk.inodes[inode] = node
    }
    return disk
  }

  private static func survivingNames(
    of node: Inode, _ random: inout SeededGenerator
  ) -> [String: Int] {
    var names = node.durableNames
    for change in node.pendingNames where Bool.random(using: &random) {
      names[change.name] = change.inode
    }
    return names
  }

  private static func survivingContent(
    of node: Inode, _ random: inout SeededGenerator
  ) -> [UInt8] {
    if node.content == node.durableContent { return node.content }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return node.durableContent
    case 1: return node.hasLostWrites ? node.durableContent : node.content
    case 2: return [UInt8](repeating: 0, count: node.content.count)
    default:
      let length = Int.random(in: 0...node.content.count, using: &random)
      return Array(node.content.prefix(max(length, 0)))
    }
  }
}
