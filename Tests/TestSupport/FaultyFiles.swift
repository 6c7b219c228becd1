// A disk in memory that fails, and forgets, when a test says so.

import Store
import Synchronization

/// What goes wrong at one operation.
public enum Fault: Hashable, Sendable {
  /// The operation has no effect and reports this `errno`.
  case error(Int32)
  /// The operation takes effect and reports an error all the same.
  case errorAfterwards(Int32)
  /// Half of the bytes are written, then the disk is full. As `error` for other operations.
  case shortWrite
  /// The process ends before the operation.
  case kill
}

/// What is left after the process or the machine has stopped.
public enum Aftermath: Hashable, Sendable {
  /// The process was killed; the machine runs on.
  case killed
  /// Power was lost, and with it everything that was not synced.
  case powerLoss
  /// Power was lost; of what was not synced any part may have survived: names, removals, prefixes of
  /// contents, lengths without contents.
  case partialPowerLoss(seed: UInt64)
}

/// Store files in memory, with unsynced contents and names told apart from durable ones.
///
/// The model is harsher than any one file system: the two halves of a renaming may survive one
/// without the other, and operations on names in any order.
public final class FaultyFiles: StoreFiles {
  public let root = "disk"
  public let openFilesMax: Int
  private let disk: Mutex<FaultyDisk>

  /// Creates an empty disk.
  public convenience init(openFilesMax: Int = 1_024) {
    self.init(FaultyDisk(), openFilesMax: openFilesMax)
  }

  private init(_ disk: FaultyDisk, openFilesMax: Int) {
    self.disk = Mutex(disk)
    self.openFilesMax = openFilesMax
  }

  /// A copy of the disk after `aftermath`, without faults or locks.
  public func after(_ aftermath: Aftermath) -> FaultyFiles {
    FaultyFiles(disk.withLock { $0.after(aftermath) }, openFilesMax: openFilesMax)
  }

  /// Makes the operation number `operation`, counted from 0 from now on, fail.
  public func plan(_ fault: Fault, at operation: Int) {
    disk.withLock { disk in
      disk.operations = 0
      disk.fault = (operation, fault)
    }
  }

  /// The operations since the fault was planned, by name.
  public var operationCount: Int { disk.withLock { $0.operations } }

  /// The name and path of the operation at which the fault struck, nil if it did not.
  public var faultedOperation: String? { disk.withLock { $0.faultedOperation } }

  /// The contents of all files by path.
  public var contents: [String: [UInt8]] { disk.withLock { $0.contents() } }

  /// Replaces the content of a file behind everybody's back.
  public func overwrite(_ path: String, with bytes: [UInt8]) throws {
    try disk.withLock { disk in
      let inode = try disk.resolve(path, "overwrite")
      disk.inodes[inode]?.content = bytes
      disk.inodes[inode]?.durableContent = bytes
    }
  }

  /// Sets when a file was last written, which is 1970 otherwise.
  public func setModificationTime(_ time: Int64, of path: String) throws {
    try disk.withLock { disk in
      disk.inodes[try disk.resolve(path, "touch")]?.modificationTime = time
    }
  }

  /// From now on there are just as many blocks as are in use.
  public func fill() { disk.withLock { $0.blocksMax = $0.usedBlocks } }

  /// From now on there are as many blocks as are asked for.
  public func makeRoom() { disk.withLock { $0.blocksMax = nil } }

  /// How many files are open.
  public var openFileCount: Int { disk.withLock { $0.openFiles } }

  public func makeRoot() throws { try perform("create", "") { _ in } }

  public func networkFileSystem() throws -> String? { nil }

  public func list(_ directory: String) throws -> [DirectoryEntry] {
    try perform("list", directory) { disk in
      let inode = try disk.resolve(directory, "list")
      return disk.entries(of: inode)
    }
  }

  public func makeDirectory(_ path: String) throws {
    try perform("create directory", path) { disk in
      try disk.requireRoom("create directory", path, inode: nil, added: 0)
      _ = try disk.make(path, isDirectory: true, "create directory")
    }
  }

  public func open(_ path: String) throws -> any StoreFile {
    try handle("open", path) { disk in try disk.resolve(path, "open") }
  }

  public func create(_ path: String, access: FileAccess) throws -> any StoreFile {
    try handle("create", path) { disk in try disk.make(path, isDirectory: false, "create") }
  }

  public func rename(_ source: String, to target: String) throws {
    try perform("rename", source) { disk in
      let inode = try disk.resolve(source, "rename")
      try disk.link(target, inode, "rename")
      try disk.unlink(source, "rename")
    }
  }

  public func replace(_ target: String, by source: String) throws {
    try perform("rename", source) { disk in
      let inode = try disk.resolve(source, "rename")
      try disk.link(target, inode, "rename", replaces: true)
      try disk.unlink(source, "rename")
    }
  }

  public func remove(_ path: String) throws {
    try perform("remove", path) { disk in
      let inode = try disk.resolve(path, "remove")
      if disk.inodes[inode]?.isDirectory == true { throw FaultyDisk.failure("remove", path, 21) }
      try disk.unlink(path, "remove")
    }
  }

  public func removeDirectory(_ path: String) throws {
    try perform("remove directory", path) { disk in
      let inode = try disk.resolve(path, "remove directory")
      if !disk.entries(of: inode).isEmpty {
        throw FaultyDisk.failure("remove directory", path, 39)
      }
      try disk.unlink(path, "remove directory")
    }
  }

  public func syncDirectory(_ directory: String) throws {
    try perform("fsync directory", directory) { disk in
      let inode = try disk.resolve(directory, "fsync directory")
      disk.inodes[inode]?.makeNamesDurable()
    }
  }

  public func pause(milliseconds: Int) {}

  /// Runs one operation, or lets it fail.
  fileprivate func perform<Result>(
    _ operation: String, _ path: String, _ body: (inout sending FaultyDisk) throws -> sending Result
  ) throws -> Result {
    try disk.withLock { disk in
      let late = try disk.begin(operation, path)
      let result = try body(&disk)
      if let late { throw FaultyDisk.failure(operation, path, late) }
      return result
    }
  }

  private func handle(
    _ operation: String, _ path: String, _ body: (inout sending FaultyDisk) throws -> sending Int
  ) throws -> any StoreFile {
    let (inode, handle) = try perform(operation, path) { disk in
      let inode = try body(&disk)
      if disk.openFiles >= openFilesMax { throw FaultyDisk.failure(operation, path, 24) }
      disk.openFiles += 1
      disk.nextHandle += 1
      return (inode, disk.nextHandle)
    }
    return FaultyFile(files: self, path: path, inode: inode, handle: handle)
  }

  fileprivate func close(_ inode: Int, _ handle: Int) {
    disk.withLock { disk in
      disk.openFiles -= 1
      disk.inodes[inode]?.locks[handle] = nil
    }
  }

  fileprivate func unlock(_ inode: Int, _ handle: Int) {
    disk.withLock { $0.inodes[inode]?.locks[handle] = nil }
  }
}

/// An open file of a faulty disk.
private final class FaultyFile: StoreFile {
  private let files: FaultyFiles
  private let path: String
  private let inode: Int
  private let handle: Int

  init(files: FaultyFiles, path: String, inode: Int, handle: Int) {
    self.files = files
    self.path = path
    self.inode = inode
    self.handle = handle
  }

  deinit { files.close(inode, handle) }

  func size() throws -> UInt64 {
    let inode = inode
    return try files.perform("examine", path) { UInt64($0.inodes[inode]?.content.count ?? 0) }
  }

  func modificationTime() throws -> Int64 {
    let inode = inode
    return try files.perform("examine", path) { $0.inodes[inode]?.modificationTime ?? 0 }
  }

  func read(offset: UInt64, count: Int) throws -> [UInt8] {
    let inode = inode
    return try files.perform("read", path) { disk in
      let content = disk.inodes[inode]?.content ?? []
      guard offset < UInt64(content.count) else { return [] }
      return Array(content[Int(offset)...].prefix(count))
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    let (inode, path, added) = (inode, path, Array(bytes))
    try files.perform("write", path) { disk in
      if disk.writesShort {
        disk.writesShort = false
        disk.inodes[inode]?.content += added.prefix(added.count / 2)
        throw FaultyDisk.failure("write", path, 28)
      }
      try disk.requireRoom("write", path, inode: inode, added: added.count)
      disk.inodes[inode]?.content += added
    }
  }

  func sync() throws {
    let inode = inode
    do {
      try files.perform("fsync", path) { disk in
        guard let node = disk.inodes[inode], !node.hasLostWrites else { return }
        disk.inodes[inode]?.durableContent = node.content
      }
    } catch {
      // The kernel forgets that the pages were never written: a later fsync succeeds without them.
      files.loseWrites(inode)
      throw error
    }
  }

  func tryLock(_ mode: LockMode) throws -> Bool {
    let (inode, handle) = (inode, handle)
    return try files.perform("lock", path) { disk in
      let others = (disk.inodes[inode]?.locks ?? [:]).filter { $0.key != handle }
      let isFree = mode == .shared ? !others.values.contains(.exclusive) : others.isEmpty
      // flock gives the old lock up before it fails to change it.
      disk.inodes[inode]?.locks[handle] = isFree ? mode : nil
      return isFree
    }
  }

  func unlock() { files.unlock(inode, handle) }

  func isLinked() throws -> Bool {
    let (inode, path) = (inode, path)
    return try files.perform("examine", path) { disk in
      (try? disk.resolve(path, "examine")) == inode
    }
  }
}

extension FaultyFiles {
  fileprivate func loseWrites(_ inode: Int) {
    disk.withLock { $0.inodes[inode]?.hasLostWrites = true }
  }
}
