package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.remoting.InquiryListener;
import dev.sluice.rocketmq.remoting.OffsetListener;

/** A member of a consumer group, as administrators ask it and tell it where to go on. */
public interface AskedMember extends InquiryListener, OffsetListener {}
