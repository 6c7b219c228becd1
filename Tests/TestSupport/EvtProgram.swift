// The program itself, run as people run it.

import Foundation

/// The built `evt`, run in a folder.
public struct EvtProgram: Sendable {
  /// What a run printed and returned.
  public struct Outcome: Sendable {
    /// The exit status, or 128 + the number of the signal that ended it.
    public var status: Int32
    public var output: String
    public var errors: String
  }

  /// The program file: `$EVT_BINARY`, else the one that was built with the tests.
  public static let path: String = {
    if let path = ProcessInfo.processInfo.environment["EVT_BINARY"] { return path }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("evt").path
  }()

  /// The folder in which it runs.
  public let directory: String

  /// Creates a way to run the program in `directory`.
  public init(in directory: String) { self.directory = directory }

  /// Runs the program with `arguments` to its end.
  public func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Outcome {
    let files = try ["out", "err"].map(temporaryFile)
    defer { for file in files { unlink(file) } }
    let process = try prepare(arguments, environment, output: files[0], errors: files[1])
    try process.run()
    process.waitUntilExit()
    let signalled = process.terminationReason == .uncaughtSignal
    let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
    return Outcome(
      status: process.terminationStatus + (signalled ? 128 : 0), output: texts[0],
      errors: texts[1])
  }

  /// Runs the program with `arguments` and kills it after `seconds`.
  /// Returns whether it was still running then.
  public func kill(_ arguments: [String], afterSeconds seconds: Double) throws -> Bool {
    let process = try prepare(arguments, [:], output: "/dev/null", errors: "/dev/null")
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    let wasRunning = process.isRunning
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return wasRunning && process.terminationReason == .uncaughtSignal
  }

  private func prepare(
    _ arguments: [String], _ extra: [String: String], output: String, errors: String
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var environment = ProcessInfo.processInfo.environment
    for name in ["EVT_STORE", "EVT_NOW", "NO_COLOR", "FORCE_COLOR"] { environment[name] = nil }
    process.environment = environment.merging(extra) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    return process
  }

  private func temporaryFile(_ kind: String) throws -> String {
    let path = "\(NSTemporaryDirectory())/evt-\(kind)-\(UUID().uuidString)"
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    return path
  }
}
