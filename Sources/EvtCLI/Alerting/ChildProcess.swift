// Runs another program without a shell and without showing it, or others, more than it needs.

import EvtCore
import Glibc

/// One run of a program.
struct ChildProcess {
  /// Found along `PATH`.
  var program: String
  var arguments: [String]
  /// All of its environment.
  var environment: [(name: String, value: String)]
  /// What it reads from standard input. It lies in memory that has no name.
  var input: [UInt8]
  /// After which it is killed.
  var deadlineMillis: Int

  /// How a run ended.
  enum Outcome: Equatable {
    /// With this status; what it wrote to standard output, as far as that is of interest.
    case exited(Int32, output: [UInt8])
    case killed
    /// There is no such program.
    case missing
    /// It could not be started, for this `errno`.
    case failed(Int32)
  }

  private static let outputBytesMax = 4 << 10

  /// Runs the program to its end.
  func run() -> Outcome {
    let stdin = Self.memory()
    let stdout = Self.memory()
    defer { for descriptor in [stdin, stdout] where descriptor >= 0 { close(descriptor) } }
    guard stdin >= 0, stdout >= 0 else { return .failed(errno) }
    var buffer = OutputBuffer(descriptor: stdin)
    input.withUnsafeBytes { buffer.append($0) }
    buffer.flush()
    guard buffer.failure == 0, lseek(stdin, 0, SEEK_SET) == 0 else { return .failed(EIO) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, stdout, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    let words = ([program] + arguments).map { strdup($0) }
    let settings = environment.map { strdup("\($0.name)=\($0.value)") }
    defer { for text in words + settings { free(text) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, program, &actions, nil, words + [nil], settings + [nil])
    if code == ENOENT { return .missing }
    guard code == 0 else { return .failed(code) }
    return wait(for: child, stdout)
  }

  /// Waits for the end of `child`, or brings it about.
  private func wait(for child: pid_t, _ stdout: Int32) -> Outcome {
    let clock = Stopwatch()
    var status: Int32 = 0
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      if ended < 0, errno != EINTR { return .failed(errno) }
      if clock.milliseconds >= deadlineMillis {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return .killed
      }
      // Short at first: most answers come within milliseconds.
      var pause = timespec(tv_sec: 0, tv_nsec: clock.milliseconds < 100 ? 1_000_000 : 10_000_000)
      nanosleep(&pause, nil)
    }
    guard status & 0x7F == 0 else { return .killed }
    var output = [UInt8](repeating: 0, count: Self.outputBytesMax)
    let count = pread(stdout, &output, output.count, 0)
    return .exited(status >> 8 & 0xFF, output: Array(output[..<max(0, count)]))
  }

  /// A file without a name that is closed when a program is started, apart from the standard ones.
  private static func memory() -> Int32 {
    let made = ProcessMemory.makeFile()
    guard made >= 0 else { return made }
    defer { close(made) }
    return fcntl(made, F_DUPFD_CLOEXEC, 3)
  }
}
