-- AI providers: the built-in ones, and those that a user adds, which only that user sees.

create table if not exists public.providers (
  id uuid primary key default gen_random_uuid(),
  name varchar(100) not null check (name ~ '^[a-z0-9][a-z0-9._-]*$'),
  display_name varchar(200) not null check (display_name <> ''),
  api_base_url varchar(500),
  is_active boolean not null default true,
  owner_id uuid references auth.users (id) on delete cascade,
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object')
    constraint providers_metadata_size check (pg_column_size(metadata) <= 65536),
  created_at timestamptz not null default now()
);
comment on table public.providers is 'AI providers; owner_id null = built in.';

create unique index if not exists providers_name_key on public.providers (name) where owner_id is null;
create unique index if not exists providers_owner_name_key on public.providers (owner_id, name);

alter table public.providers enable row level security;

drop policy if exists "Users see the built-in providers and their own" on public.providers;
create policy "Users see the built-in providers and their own" on public.providers
  for select to authenticated using (owner_id is null or (select auth.uid()) = owner_id);
drop policy if exists "Users add their own providers" on public.providers;
create policy "Users add their own providers" on public.providers
  for insert to authenticated with check ((select auth.uid()) = owner_id);
drop policy if exists "Users change their own providers" on public.providers;
create policy "Users change their own providers" on public.providers
  for update to authenticated using ((select auth.uid()) = owner_id) with check ((select auth.uid()) = owner_id);
drop policy if exists "Users delete their own providers" on public.providers;
create policy "Users delete their own providers" on public.providers
  for delete to authenticated using ((select auth.uid()) = owner_id);

revoke all on public.providers from anon, authenticated;
grant select, insert, update, delete on public.providers to authenticated, service_role;

insert into public.providers (id, name, display_name, api_base_url) values
  ('00000000-0000-4000-8000-000000000001', 'anthropic', 'Anthropic Claude API', 'https://api.anthropic.com'),
  ('00000000-0000-4000-8000-000000000002', 'claude-desktop', 'Claude.ai', null),
  ('00000000-0000-4000-8000-000000000003', 'openai', 'OpenAI API', 'https://api.openai.com'),
  ('00000000-0000-4000-8000-000000000004', 'chatgpt', 'ChatGPT', null),
  ('00000000-0000-4000-8000-000000000005', 'openrouter', 'OpenRouter', 'https://openrouter.ai'),
  ('00000000-0000-4000-8000-000000000006', 'cursor', 'Cursor', null),
  ('00000000-0000-4000-8000-000000000007', 'litellm', 'LiteLLM', null),
  ('00000000-0000-4000-8000-000000000008', 'github-copilot', 'GitHub Copilot', 'https://api.github.com'),
  ('00000000-0000-4000-8000-000000000009', 'google-cloud', 'Google Cloud', null),
  ('00000000-0000-4000-8000-00000000000a', 'google-ai-studio', 'Google AI Studio', null),
  ('00000000-0000-4000-8000-00000000000b', 'aws', 'Amazon Web Services', null),
  ('00000000-0000-4000-8000-00000000000c', 'azure', 'Microsoft Azure', null),
  ('00000000-0000-4000-8000-00000000000d', 'deepseek', 'DeepSeek', 'https://api.deepseek.com'),
  ('00000000-0000-4000-8000-00000000000e', 'fireworks', 'Fireworks AI', 'https://api.fireworks.ai'),
  ('00000000-0000-4000-8000-00000000000f', 'langfuse', 'Langfuse', null),
  ('00000000-0000-4000-8000-000000000010', 'helicone', 'Helicone', null),
  ('00000000-0000-4000-8000-000000000011', 'pollinations', 'Pollinations', null),
  ('00000000-0000-4000-8000-000000000012', 'vercel', 'Vercel AI Gateway', 'https://ai-gateway.vercel.sh'),
  ('00000000-0000-4000-8000-000000000013', 'mistral', 'Mistral AI', 'https://api.mistral.ai'),
  ('00000000-0000-4000-8000-000000000014', 'groq', 'Groq', 'https://api.groq.com'),
  ('00000000-0000-4000-8000-000000000015', 'xai', 'xAI', 'https://api.x.ai'),
  ('00000000-0000-4000-8000-000000000016', 'together', 'Together AI', 'https://api.together.xyz'),
  ('00000000-0000-4000-8000-000000000017', 'perplexity', 'Perplexity', 'https://api.perplexity.ai')
on conflict do nothing;

-- The provider with this name that the user can see, or an error that tells how to add one.
create or replace function private.provider_id(provider text) returns uuid
language plpgsql stable
set search_path = ''
as $$
declare
  found_id uuid;
begin
  select p.id into found_id from public.providers p
  where p.name = provider
  order by p.owner_id nulls first
  limit 1;
  if found_id is null then
    perform private.refuse(
      'provider_unknown',
      format('There is no provider “%s”.', provider),
      format('See them with: aicost providers. Add yours with: aicost providers add %s', provider)
    );
  end if;
  return found_id;
end
$$;

create or replace function private.provider_json(p public.providers) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p.id,
    'name', p.name,
    'display_name', p.display_name,
    'is_active', p.is_active,
    'built_in', p.owner_id is null
  )
$$;

create or replace function public.list_providers() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(private.provider_json(p) order by p.owner_id nulls first, p.name), '[]')
  from public.providers p, private.require_user()
$$;

create or replace function public.add_provider(name text, display_name text) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  added public.providers;
begin
  if exists (select from public.providers p where p.name = add_provider.name) then
    perform private.refuse('provider_exists', format('The provider “%s” already exists.', name), 'See it with: aicost providers');
  end if;
  if name !~ '^[a-z0-9][a-z0-9._-]{0,99}$' then
    perform private.refuse(
      'provider_name',
      format('“%s” is not a valid provider name.', name),
      'Use lower-case letters, digits, dots and dashes, for example: my-gateway'
    );
  end if;
  if display_name = '' or length(display_name) > 200 then
    perform private.refuse(
      'provider_display_name', 'The display name of a provider has 1 to 200 characters.', 'Give a shorter one.'
    );
  end if;
  insert into public.providers (name, display_name, owner_id)
  values (add_provider.name, add_provider.display_name, private.require_user())
  returning * into added;
  return private.provider_json(added);
end
$$;

revoke all on function public.list_providers, public.add_provider from public, anon;
grant execute on function public.list_providers, public.add_provider to authenticated, service_role;
revoke all on function private.provider_id, private.provider_json from public;
grant execute on function private.provider_id, private.provider_json to authenticated, service_role;
