package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import java.util.function.Consumer;

/** Hears what administrators ask the members of groups that this client shows to the brokers. */
@FunctionalInterface
public interface InquiryListener {

  /**
   * A broker passes on a question, and waits up to ten seconds for the answer; the administrator's
   * tool perhaps only five. Called on the first event loop; must not block.
   *
   * @param answer takes the answer, on any thread, once
   */
  void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer);
}
