-- Undoes 20261128001460_agent_calls. What scans have stored stays.

drop function if exists
  public.list_sessions, public.settle_agent, public.find_calls, public.list_scans,
  private.settled, private.is_unsettled;
