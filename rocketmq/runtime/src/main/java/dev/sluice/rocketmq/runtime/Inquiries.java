package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.remoting.InquiryListener;
import dev.sluice.rocketmq.remoting.OffsetListener;
import dev.sluice.rocketmq.requests.MemberAnswer;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.MemberOffsets;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Who answers what administrators ask the members of consumer groups. Safe for all threads. */
public final class Inquiries implements InquiryListener, OffsetListener {
  /** Removed by {@link #remove}, when its consumer closes. */
  private final Map<String, AskedMember> members = new ConcurrentHashMap<>();

  /**
   * Has the member of a group asked; one of each, as a client has one member in a group.
   *
   * @param group as brokers know it
   */
  public void add(String group, AskedMember member) {
    members.put(group, member);
  }

  public void remove(String group) {
    members.remove(group);
  }

  @Override
  public void asked(MemberInquiry inquiry, Consumer<MemberAnswer> answer) {
    AskedMember member = members.get(inquiry.group());
    if (member == null) {
      answer.accept(
          new MemberAnswer.Refused(
              ResponseCode.SYSTEM_ERROR, "no consumer of group " + inquiry.group() + " here"));
      return;
    }
    member.asked(inquiry, answer);
  }

  @Override
  public void reset(MemberOffsets.Reset reset) {
    AskedMember member = members.get(reset.group());
    if (member != null) {
      member.reset(reset);
    }
  }

  @Override
  public Map<QueueLocks.Queue, Long> asked(MemberOffsets.Asked asked) {
    AskedMember member = members.get(asked.group());
    return member == null ? Map.of() : member.asked(asked);
  }
}
