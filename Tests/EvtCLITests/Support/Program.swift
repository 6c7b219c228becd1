// Runs the built program the way a shell does.

import Foundation
import TestSupport
import Testing

/// What a run of a command left behind.
struct ProgramResult: Equatable {
  var stdout: String
  var stderr: String
  var status: Int32
}

/// The program under test, and the repository it is tested in.
enum Program {
  /// The directory of the package.
  static let repository: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url.path
  }()

  /// The directory of the built `evt`: that of the tests, unless EVT_PROGRAM names another.
  static let directory =
    ProcessInfo.processInfo.environment["EVT_PROGRAM"]
    ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  /// Whether a script under `unshare -rm` may mount file systems of its own.
  static let mayMount: Bool = {
    let script = "mkdir m && unshare -rm mount -t tmpfs -o size=64k tmpfs m"
    guard let directory = try? TemporaryDirectory() else { return false }
    defer { directory.remove() }
    return (try? shell(script, in: directory.path))?.status == 0
  }()

  /// Why a test is left out that would mount one.
  static let mayNotMount: Comment = "no file system may be mounted here"

  /// Runs `script` by bash in `directory`, with `evt` on the path and a fixed environment. A
  /// process that does not end within `timeout` seconds is killed and has status 137.
  static func shell(
    _ script: String, in directory: String, environment: [String: String] = [:],
    timeout: Double = 120
  ) throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "-s", "KILL", "\(timeout)", "bash", "-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = [
      "PATH": Self.directory + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
      "HOME": directory, "TMPDIR": directory, "SWIFT_BACKTRACE": "enable=no",
    ].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files and not pipes: a full pipe would block a program that nobody reads.
    let streams = try TemporaryDirectory()
    defer { streams.remove() }
    let out = streams.path + "/out"
    let err = streams.path + "/err"
    for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    let outHandle = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    let errHandle = try FileHandle(forWritingTo: URL(fileURLWithPath: err))
    process.standardOutput = outHandle
    process.standardError = errHandle
    // Signals that a thread of Dispatch blocks would be blocked in the child too: an interrupt, say.
    var none = sigset_t()
    var blocked = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try process.run()
    process.waitUntilExit()
    try outHandle.close()
    try errHandle.close()
    let status =
      process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
    return ProgramResult(
      stdout: try text(out), stderr: try text(err), status: status)
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }
}
