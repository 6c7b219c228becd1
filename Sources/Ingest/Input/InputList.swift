// From the words of a command line to the inputs they mean.

import Glibc

/// Expands file names, directories, glob patterns and "-".
struct InputList {
  /// The inputs in order: paths, or "-" for standard input.
  private(set) var names: [String] = []
  private(set) var notes: [String] = []
  /// Bytes of all inputs, nil when one is a stream.
  private(set) var totalBytes: UInt64? = 0

  /// What events are usually called; in a directory other files are left alone.
  private static let endings = [".json", ".jsonl", ".ndjson", ".geojsonl"]
  private static let packings = ["", ".gz", ".zst", ".xz", ".bz2", ".lz4"]

  /// Expands `words` and checks that everything is there and readable.
  /// - Throws: `IngestError` of kind `.missing` or `.permission` before anything is read.
  init(_ words: [String]) throws {
    for word in words { try add(word) }
    guard !names.isEmpty else {
      throw IngestError(.missing, "no input: name a file, or - for stdin")
    }
    for name in names { try check(name) }
  }

  private mutating func add(_ word: String) throws {
    if word == "-" {
      names.append(word)
      return
    }
    var status = stat()
    if stat(word, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        try addDirectory(word)
      } else {
        names.append(word)
      }
      return
    }
    let code = errno
    guard code == ENOENT, word.contains(where: { "*?[".contains($0) }) else {
      throw OpenFile.error(word, code)
    }
    let matches = Self.glob(word)
    guard !matches.isEmpty else { throw IngestError(.missing, "\(word): no file matches") }
    for match in matches {
      var status = stat()
      let isDirectory = stat(match, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isDirectory { try addDirectory(match) } else { names.append(match) }
    }
  }

  private static func glob(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard Glibc.glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
    let paths = (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
    return inOrder(paths)
  }

  /// By bytes, whatever the locale.
  private static func inOrder(_ paths: [String]) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  // MARK: - Directories

  /// Adds the event files below `root`, hidden ones and links to directories excepted.
  private mutating func addDirectory(_ root: String) throws {
    var found: [String] = []
    var others = 0
    var pending = [root]
    while let directory = pending.popLast() {
      for entry in try Self.entries(of: directory) where !entry.hasPrefix(".") {
        let path = directory.hasSuffix("/") ? directory + entry : "\(directory)/\(entry)"
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          pending.append(path)
        } else if Self.isEventFile(entry), stat(path, &status) == 0,
          status.st_mode & S_IFMT == S_IFREG
        {
          found.append(path)
        } else {
          others += 1
        }
      }
    }
    guard !found.isEmpty else {
      throw IngestError(
        .missing, "\(root): no *.json, *.jsonl or *.ndjson (or .gz of these) in this directory")
    }
    if others > 0 {
      notes.append(
        "\(root): \(others) \(others == 1 ? "file" : "files") of other names left alone; "
          + "name what is to be loaded all the same")
    }
    names += Self.inOrder(found)
  }

  private static func isEventFile(_ name: String) -> Bool {
    endings.contains { ending in packings.contains { name.hasSuffix(ending + $0) } }
  }

  private static func entries(of directory: String) throws -> [String] {
    guard let stream = opendir(directory) else { throw OpenFile.error(directory, errno) }
    defer { closedir(stream) }
    var entries: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      entries.append(name)
    }
    return entries
  }

  // MARK: - Checks

  private mutating func check(_ name: String) throws {
    guard name != "-" else {
      totalBytes = nil
      return
    }
    var status = stat()
    guard stat(name, &status) == 0, access(name, R_OK) == 0 else {
      throw OpenFile.error(name, errno)
    }
    if status.st_mode & S_IFMT == S_IFREG {
      totalBytes = totalBytes.map { $0 &+ UInt64(max(status.st_size, 0)) }
    } else {
      totalBytes = nil
    }
  }
}
