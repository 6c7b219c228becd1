// The store's files on a real disk.

import Glibc
import Synchronization

/// The file operations of one store directory by system calls. Everything is opened relative to the
/// one descriptor of the store directory, a name at a time, and never through a symbolic link.
public final class PosixFiles: StoreFiles {
  public let root: String
  public let openFilesMax: Int
  private let rootDirectory = Mutex<Descriptor?>(nil)

  /// Creates the operations of the store directory `root`, which need not exist yet.
  public init(root: String) {
    self.root = root
    openFilesMax = Self.raiseOpenFilesLimit()
  }

  public func makeRoot() throws {
    guard mkdir(root, 0o700) != 0 else { return try syncParentOfRoot() }
    let code = errno
    guard code == EEXIST else { throw failure("create", "", code) }
  }

  public func networkFileSystem() throws -> String? {
    var status = stat()
    guard fstat(try rootDescriptor().number, &status) == 0 else {
      throw failure("examine", "", errno)
    }
    return MountTable.networkFileSystem(ofDevice: UInt64(status.st_dev))
  }

  public func list(_ directory: String) throws -> [DirectoryEntry] {
    let descriptor = try openDirectory(directory, operation: "list")
    // The stream takes over a descriptor of its own and closes it.
    let copy = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw failure("list", directory, errno) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw failure("list", directory, code)
    }
    defer { closedir(stream) }
    var entries: [DirectoryEntry] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw failure("list", directory, errno) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let kind = entryKind(entry.pointee.d_type, name, in: descriptor)
      entries.append(DirectoryEntry(name: name, kind: kind))
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  public func makeDirectory(_ path: String) throws {
    let (parent, name) = try openParent(of: path, operation: "create")
    guard mkdirat(parent.number, name, 0o700) == 0 else { throw failure("create", path, errno) }
  }

  public func open(_ path: String) throws -> any StoreFile {
    let (parent, name) = try openParent(of: path, operation: "open")
    // O_NONBLOCK: should somebody have put a FIFO here, it must not hang us.
    let descriptor = try open(
      parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0, ("open", path))
    let file = PosixFile(descriptor, parent: parent, name: name, path: shown(path))
    try file.requireFileOrDirectory()
    return file
  }

  public func create(_ path: String, access: FileAccess) throws -> any StoreFile {
    let (parent, name) = try openParent(of: path, operation: "create")
    let mode: mode_t = access == .readOnly ? 0o400 : 0o600
    let flags = O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC
    let descriptor = try open(parent, name, flags, mode, ("create", path))
    return PosixFile(descriptor, parent: parent, name: name, path: shown(path))
  }

  public func rename(_ source: String, to target: String) throws {
    let (sourceParent, sourceName) = try openParent(of: source, operation: "rename")
    let (targetParent, targetName) = try openParent(of: target, operation: "rename")
    // Renaming replaces silently, so look first. All renames happen under the store's lock: nobody
    // creates the target in between.
    var status = stat()
    if fstatat(targetParent.number, targetName, &status, AT_SYMLINK_NOFOLLOW) == 0 {
      throw failure("rename", target, EEXIST)
    }
    guard renameat(sourceParent.number, sourceName, targetParent.number, targetName) == 0 else {
      throw failure("rename", source, errno)
    }
  }

  public func replace(_ target: String, by source: String) throws {
    let (sourceParent, sourceName) = try openParent(of: source, operation: "rename")
    let (targetParent, targetName) = try openParent(of: target, operation: "rename")
    guard renameat(sourceParent.number, sourceName, targetParent.number, targetName) == 0 else {
      throw failure("rename", source, errno)
    }
  }

  public func remove(_ path: String) throws {
    let (parent, name) = try openParent(of: path, operation: "remove")
    guard unlinkat(parent.number, name, 0) == 0 else { throw failure("remove", path, errno) }
  }

  public func removeDirectory(_ path: String) throws {
    let (parent, name) = try openParent(of: path, operation: "remove")
    guard unlinkat(parent.number, name, AT_REMOVEDIR) == 0 else {
      throw failure("remove", path, errno)
    }
  }

  public func syncDirectory(_ directory: String) throws {
    let descriptor = try openDirectory(directory, operation: "fsync")
    guard fsync(descriptor.number) == 0 else { throw failure("fsync", directory, errno) }
  }

  public func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    nanosleep(&time, nil)
  }
}

extension PosixFiles {
  private func failure(_ operation: String, _ path: String, _ code: Int32) -> StoreError {
    .file(FileFailure(operation, shown(path), code: code))
  }

  private func rootDescriptor() throws -> Descriptor {
    try rootDirectory.withLock { known in
      if let known { return known }
      let number = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard number >= 0 else { throw failure("open", "", errno) }
      let descriptor = Descriptor(number)
      known = descriptor
      return descriptor
    }
  }

  /// The store directory's own name must last, too.
  private func syncParentOfRoot() throws {
    var name = Substring(root)
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    let parent: String
    if let slash = name.lastIndex(of: "/") {
      parent = slash == name.startIndex ? "/" : String(name[..<slash])
    } else {
      parent = "."
    }
    let number = Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw StoreError.file(FileFailure("open", parent, code: errno)) }
    let descriptor = Descriptor(number)
    guard fsync(descriptor.number) == 0 else {
      throw StoreError.file(FileFailure("fsync", parent, code: errno))
    }
  }

  private func openDirectory(_ path: String, operation: String) throws -> Descriptor {
    var directory = try rootDescriptor()
    var names = path.split(separator: "/")
    if names.isEmpty { names = ["."] }
    for name in names {
      directory = try open(
        directory, String(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0,
        (operation, path))
    }
    return directory
  }

  private func openParent(
    of path: String, operation: String
  ) throws -> (parent: Descriptor, name: String) {
    let (directory, name) = splitPath(path)
    if directory.isEmpty { return (try rootDescriptor(), name) }
    return (try openDirectory(directory, operation: operation), name)
  }

  private func open(
    _ parent: Descriptor, _ name: String, _ flags: Int32, _ mode: mode_t,
    _ purpose: (operation: String, path: String)
  ) throws -> Descriptor {
    while true {
      let number = openat(parent.number, name, flags, mode)
      if number >= 0 { return Descriptor(number) }
      if errno != EINTR { throw failure(purpose.operation, purpose.path, errno) }
    }
  }

  private func entryKind(_ type: UInt8, _ name: String, in directory: Descriptor) -> EntryKind {
    switch Int(type) {
    case Int(DT_REG): return .file
    case Int(DT_DIR): return .directory
    case Int(DT_UNKNOWN):
      var status = stat()
      guard fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        return .other
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: return .file
      case S_IFDIR: return .directory
      default: return .other
      }
    default: return .other
    }
  }

  private static func raiseOpenFilesLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = limit.rlim_max
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(min(limit.rlim_cur, 1 << 20))
  }
}
