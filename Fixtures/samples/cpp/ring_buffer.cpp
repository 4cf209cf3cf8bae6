#include <array>
#include <cstddef>
#include <optional>

// A queue of fixed capacity that never allocates. When it is full, pushing overwrites the oldest element,
// which is what one wants of the last N sensor readings.
template <typename T, std::size_t Capacity>
class RingBuffer {
  static_assert(Capacity > 0, "a ring needs at least one slot");

 public:
  void push(const T& value) {
    slots_[(head_ + count_) % Capacity] = value;
    if (count_ < Capacity) {
      ++count_;
    } else {
      head_ = (head_ + 1) % Capacity;
    }
  }

  std::optional<T> pop() {
    if (count_ == 0) return std::nullopt;
    T value = slots_[head_];
    head_ = (head_ + 1) % Capacity;
    --count_;
    return value;
  }

  std::size_t size() const { return count_; }
  bool full() const { return count_ == Capacity; }

 private:
  std::array<T, Capacity> slots_{};
  std::size_t head_ = 0;
  std::size_t count_ = 0;
};

double mean(RingBuffer<double, 16> readings) {
  double sum = 0;
  const auto n = readings.size();
  while (auto value = readings.pop()) sum += *value;
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}
