#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// Amounts are whole cents: floating point cannot hold ten cents exactly.
using Cents = std::int64_t;

class InsufficientFunds : public std::runtime_error {
 public:
  InsufficientFunds(Cents balance, Cents asked)
      : std::runtime_error("balance is " + std::to_string(balance) + " cents, asked for " + std::to_string(asked)) {}
};

class Account {
 public:
  explicit Account(std::string owner) : owner_(std::move(owner)) {}

  void deposit(Cents amount) {
    if (amount <= 0) throw std::invalid_argument("a deposit must be positive");
    balance_ += amount;
    history_.push_back(amount);
  }

  void withdraw(Cents amount) {
    if (amount <= 0) throw std::invalid_argument("a withdrawal must be positive");
    if (amount > balance_) throw InsufficientFunds(balance_, amount);
    balance_ -= amount;
    history_.push_back(-amount);
  }

  Cents balance() const { return balance_; }
  const std::vector<Cents>& history() const { return history_; }

 private:
  std::string owner_;
  Cents balance_ = 0;
  std::vector<Cents> history_;
};

// Either both accounts change or neither does: the withdrawal throws before anything was deposited.
void transfer(Account& from, Account& to, Cents amount) {
  from.withdraw(amount);
  to.deposit(amount);
}
