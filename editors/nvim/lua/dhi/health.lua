-- :checkhealth dhi
local M = {}

-- How long the program may take, in milliseconds: it asks builders.
local PATIENCE = 15000

--- Says where the program is. nil without one that runs.
---@return string?
local function program()
  local name = require('dhi').program()
  local path = vim.fn.exepath(name)
  if path == '' then
    vim.health.error(name .. ' is not on PATH', {
      'install dhi-ls',
      "or name it: require('dhi').setup({ cmd = { '/path/of/dhi-ls', 'serve' } })",
    })
    return nil
  end
  local result = vim.system({ path, '--version' }, { text = true }):wait(PATIENCE)
  if result.code ~= 0 then
    vim.health.error(path .. ' does not run: ' .. vim.trim(result.stderr or ''))
    return nil
  end
  vim.health.ok(('%s, %s'):format(path, vim.trim(result.stdout)))
  return path
end

local function clients()
  local list = vim.lsp.get_clients({ name = 'dhi_ls' })
  if #list == 0 then
    vim.health.info('no server runs: it starts with the first definition')
  end
  for _, client in ipairs(list) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    local root = client.root_dir or client.config.root_dir or 'none'
    vim.health.ok(('client %d serves %d buffers, root %s'):format(client.id, #buffers, root))
  end
end

local function configured()
  if vim.lsp.config and vim.lsp.is_enabled then
    if vim.lsp.is_enabled('dhi_ls') then
      vim.health.ok('dhi_ls is enabled')
    else
      vim.health.warn('dhi_ls is not enabled', { "vim.lsp.enable('dhi_ls')" })
    end
  elseif #vim.api.nvim_get_autocmds({ event = 'FileType', pattern = 'yaml.dhi' }) > 0 then
    vim.health.ok('set up')
  else
    vim.health.warn('not set up', { "require('dhi').setup()" })
  end
end

--- What builds would use, as :DhiDoctor says at length.
local function builds(path)
  vim.health.start('dhi: builds')
  local result = vim.system({ path, 'doctor', '--format', 'json' }, { text = true }):wait(PATIENCE)
  local ok, found = pcall(vim.json.decode, result.stdout or '')
  if not ok then
    vim.health.warn('dhi-ls doctor says nothing: ' .. vim.trim(result.stderr or ''))
    return
  end
  local used = vim.tbl_filter(function(b)
    return b.used
  end, found.builders)[1]
  if used then
    vim.health.ok(('builds with %s (%s)'):format(used.name, used.driver))
  else
    vim.health.info('no builder answers: definitions are checked, but not built; :DhiDoctor says what is missing')
  end
  for _, part in ipairs({ found.login, found.index }) do
    local say = part.state == 'ok' and vim.health.ok or vim.health.info
    local words = part.problem or part.detail
    say(part.name .. (words and ': ' .. words or '') .. (part.remedy and '. ' .. part.remedy or ''))
  end
end

function M.check()
  vim.health.start('dhi')
  if vim.fn.has('nvim-0.10') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim 0.10 or later is needed')
    return
  end
  local path = program()
  configured()
  clients()
  if path then
    builds(path)
  end
end

return M
