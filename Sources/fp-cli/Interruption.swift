import Dispatch
import Foundation
import LlamaCore
import Synchronization

/// Ends the process from wherever it is without leaving unfinished files behind.
enum Interruption {
  /// What to tell the user when the process is told to stop, such as how to go on.
  private static let advice = Mutex<String?>(nil)

  /// Sets what to tell the user when the process is told to stop; nil for nothing.
  static func advise(_ text: String?) { advice.withLock { $0 = text } }

  /// Watches for Ctrl-C, `kill`, and a terminal that goes away. What the caller ignores, as `nohup` does, stays ignored.
  static func prepare() {
    // A file that may not grow is an error of the write, as a full disk is.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Ignored as far as the process goes; the source sees it all the same. `nil` is the default action.
      guard signal(number, SIG_IGN) == nil else { continue }
      let queue = DispatchQueue(label: "signal \(number)", qos: .userInteractive)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        // The handler holds the source, which nobody else does.
        source.cancel()
        // A second signal ends the process at once, whatever holds this up.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        end(by: number)
      }
      source.activate()
    }
  }

  /// Ends the process with an error, on a thread that cannot throw it.
  static func end(with error: any Error) -> Never {
    PartialFiles.removeAll {
      TemporaryFolder.removeAll()
      if Terminal.isInteractive { Terminal.write("\n") }
      Terminal.write("Error: \(String(describing: error).onOneLine)\n")
      _exit(EXIT_FAILURE)
    }
  }

  /// Ends the process by a signal after removing what is unfinished, so that a shell sees why: 128 + `number`.
  static func end(by number: Int32) -> Never {
    PartialFiles.removeAll {
      TemporaryFolder.removeAll()
      if Terminal.isInteractive, number == SIGINT { Terminal.write("\n") }
      if number != SIGPIPE, let text = advice.withLock({ $0 }) { Terminal.write("stopped: \(text)\n") }
      var mask = sigset_t()
      sigemptyset(&mask)
      sigaddset(&mask, number)
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      signal(number, SIG_DFL)
      raise(number)
      // Where the system spares the process, as it does the first one of a container.
      _exit(128 + number)
    }
  }
}
