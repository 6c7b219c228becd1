// Every operation on files that the store needs, so that tests can put a faulty disk under it.

/// How a file is locked.
public enum LockMode: Sendable {
  case shared, exclusive
}

/// What a directory entry names.
public enum EntryKind: Sendable {
  case file, directory, other
}

/// One name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
  public var name: String
  public var kind: EntryKind

  /// Creates an entry.
  public init(name: String, kind: EntryKind) {
    self.name = name
    self.kind = kind
  }
}

/// Who may change a file after it was created.
public enum FileAccess: Sendable {
  /// Its owner may read and write.
  case readWrite
  /// Only the handle that created it may write.
  case readOnly
}

/// An open file or directory. It is closed, and its lock let go, with the last reference.
public protocol StoreFile: AnyObject, Sendable {
  /// The length in bytes.
  func size() throws -> UInt64
  /// When the content was last written, in nanoseconds since 1970.
  func modificationTime() throws -> Int64
  /// Returns up to `count` bytes from `offset`, fewer only where the file ends.
  func read(offset: UInt64, count: Int) throws -> [UInt8]
  /// Writes all `bytes` behind the end of the file.
  func append(_ bytes: UnsafeRawBufferPointer) throws
  /// Makes the content durable. After a failure the file must be thrown away: trying again may
  /// succeed without the data (Rebello et al., "Can Applications Recover from fsync Failures?").
  func sync() throws
  /// Locks the file, or changes its lock, without waiting; returns false when others are in the
  /// way.
  func tryLock(_ mode: LockMode) throws -> Bool
  /// Lets the lock go before the handle is closed.
  func unlock()
  /// Whether the path with which this was opened still leads to the same file.
  func isLinked() throws -> Bool
}

/// The file operations of one store directory. Paths are relative to it, with "/" between names;
/// "" is the store directory itself. No operation follows a symbolic link below it.
///
/// All operations throw `StoreError.file`.
public protocol StoreFiles: Sendable {
  /// The store directory as the user named it, for messages.
  var root: String { get }
  /// How many files may be open at once, raised as far as the system allows.
  var openFilesMax: Int { get }
  /// Creates the store directory durably unless it exists.
  func makeRoot() throws
  /// The name of the network file system that holds the store directory, nil for a local one.
  func networkFileSystem() throws -> String?
  /// The entries of `directory` by name, without "." and "..".
  func list(_ directory: String) throws -> [DirectoryEntry]
  /// Creates a directory that must not exist.
  func makeDirectory(_ path: String) throws
  /// Opens an existing file or directory for reading and locking.
  func open(_ path: String) throws -> any StoreFile
  /// Creates a file that must not exist, for appending, reading and locking.
  func create(_ path: String, access: FileAccess) throws -> any StoreFile
  /// Renames a file; `target` must not exist.
  func rename(_ source: String, to target: String) throws
  /// Renames a file to a name that another file may have, which is replaced.
  func replace(_ target: String, by source: String) throws
  /// Removes a file.
  func remove(_ path: String) throws
  /// Removes an empty directory.
  func removeDirectory(_ path: String) throws
  /// Makes the names in `directory` durable.
  func syncDirectory(_ directory: String) throws
  /// Lets other processes go on for a while.
  func pause(milliseconds: Int)
}

extension StoreFiles {
  /// `path` for messages.
  func shown(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  /// Whether a file or directory of this name exists.
  func exists(_ path: String) throws -> Bool {
    let (directory, name) = splitPath(path)
    do {
      return try list(directory).contains { $0.name == name }
    } catch let error as StoreError where error.isMissingFile {
      return false
    }
  }

  /// Returns all bytes of a file of at most `limit` bytes.
  /// - Throws: `StoreError.damaged` when it is larger.
  func readAll(_ file: any StoreFile, path: String, limit: Int) throws -> [UInt8] {
    let size = try file.size()
    guard size <= UInt64(limit) else {
      throw StoreError.damaged(
        path: shown(path), what: "it has \(size) bytes, more than the \(limit) there can be")
    }
    return try file.read(offset: 0, count: Int(size))
  }

  /// Removes a file if it exists and can be removed; leftovers are cleared by a later writer.
  func removeIfPossible(_ path: String) {
    do { try remove(path) } catch {}
  }
}

/// The directory and the last name of `path`.
func splitPath(_ path: String) -> (directory: String, name: String) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
  return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
}
